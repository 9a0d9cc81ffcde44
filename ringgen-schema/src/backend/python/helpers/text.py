def _text(name: str, value: str, size: int) -> bytes:
    """The bytes of a text; what is too long or holds a NUL is an error and never cut."""
    try:
        data = value.encode()
    except AttributeError:
        raise TypeError(f"{name} is a str, not {value!r}") from None
    if len(data) > size:
        raise ValueError(f"{name} can't be {value!r}: it has {len(data)} bytes, and {size} is the limit")
    if 0 in data:
        raise ValueError(f"{name} can't be {value!r}: a NUL would end it")
    return data
