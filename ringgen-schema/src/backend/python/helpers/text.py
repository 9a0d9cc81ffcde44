def _text(name: str, value: object, size: int) -> bytes:
    """The bytes of a text, padded; what is too long or holds a NUL is an error and never cut."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is a str, not {value!r}")
    data = value.encode()
    if len(data) > size:
        raise ValueError(f"{name} can't be {value!r}: it has {len(data)} bytes, and {size} is the limit")
    if 0 in data:
        raise ValueError(f"{name} can't be {value!r}: a NUL would end it")
    return data.ljust(size, b"\0")
