def _within_or(null: float, name: str, value: float | None, limits: tuple[float, float]) -> float:
    """The value, if it is in range or one that stands for none."""
    if value is None:
        return null
    if value == null or (value != value and null != null):
        return value
    return _within(name, value, limits)
