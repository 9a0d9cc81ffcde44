def _within32_or(null: float, name: str, value: float | None, limits: tuple[float, float]) -> float:
    """The value, if it is in range or one that stands for none."""
    if value is None:
        return null
    (rounded,) = _struct.unpack("<f", _struct.pack("<f", _real32(name, value)))
    if rounded == null or (value != value and null != null):
        return value
    return _within32(name, value, limits)
