def _check_count(name: str, length: int, count: int) -> None:
    """Refuses a list that claims to be longer than it can be."""
    if length > count:
        raise ValueError(f"{name} has room for {count} elements, and says that it has {length}")
