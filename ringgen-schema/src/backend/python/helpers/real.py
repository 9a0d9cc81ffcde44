def _real(name: str, value: float) -> float:
    """The value, if it is a number that a double can hold."""
    try:
        _struct.pack("<d", value)
    except _struct.error:
        raise TypeError(f"{name} is a number that an `f64` can hold, not {value!r}") from None
    except OverflowError:
        raise ValueError(f"{name} is a number that an `f64` can hold, not {value!r}") from None
    return value
