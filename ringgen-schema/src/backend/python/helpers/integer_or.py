def _integer_or(null: int, name: str, value: int | None, limits: tuple[int, int]) -> int:
    """The value, if it is in range or the one that stands for none."""
    return null if value is None or value == null else _integer(name, value, limits)
