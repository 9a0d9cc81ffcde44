def _integer(name: str, value: int, limits: tuple[int, int]) -> int:
    """The value, if the field can hold it: ctypes would cut it silently."""
    try:
        number = _operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is an integer, not {value!r}") from None
    least, greatest = limits
    if not least <= number <= greatest:
        raise ValueError(f"{name} can't be {number}: it holds {least} to {greatest}")
    return number
