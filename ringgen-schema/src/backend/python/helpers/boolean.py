def _boolean(name: str, value: bool) -> bool:
    """The value, if it is true or false."""
    if value not in (False, True):
        raise TypeError(f"{name} is a bool, not {value!r}")
    return bool(value)
