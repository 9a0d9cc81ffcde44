def _within(name: str, value: float, limits: tuple[float, float]) -> float:
    """The value, if it is a number in range."""
    number = _real(name, value)
    least, greatest = limits
    if not least <= number <= greatest:
        raise ValueError(f"{name} can't be {value!r}: it holds {least} to {greatest}")
    return number
