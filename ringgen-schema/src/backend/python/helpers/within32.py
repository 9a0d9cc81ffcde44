def _within32(name: str, value: float, limits: tuple[float, float]) -> float:
    """The value, if it is a number in range once it is rounded to the 32 bits that it and the range are stored in."""
    number = _real32(name, value)
    least, rounded, greatest = _struct.unpack("<3f", _struct.pack("<3f", limits[0], number, limits[1]))
    if not least <= rounded <= greatest:
        raise ValueError(f"{name} can't be {value!r}: it holds {limits[0]} to {limits[1]}")
    return number
