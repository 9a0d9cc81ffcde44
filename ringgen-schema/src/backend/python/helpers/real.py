def _real(name: str, value: float) -> float:
    """The value, if it is a number that a double can hold."""
    try:
        _struct.pack("<d", value)
    except _struct.error:
        raise TypeError(f"{name} is a number, not {value!r}") from None
    except OverflowError:
        raise ValueError(f"{name} can't be {value}: it is an `f64`") from None
    return value
