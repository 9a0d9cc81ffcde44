def _real32(name: str, value: float) -> float:
    """The value, if it is a number that a float can hold: ctypes would make it infinite silently."""
    try:
        _struct.pack("<f", value)
    except _struct.error:
        raise TypeError(f"{name} is a number that an `f32` can hold, not {value!r}") from None
    except OverflowError:
        raise ValueError(f"{name} is a number that an `f32` can hold, not {value!r}") from None
    return value
