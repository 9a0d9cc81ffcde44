def _items(name: str, values: _abc.Iterable[_T], count: int) -> tuple[_T, ...]:
    """The values, if there are as many as the field has."""
    items = tuple(values)
    if len(items) != count:
        raise ValueError(f"{name} has {count} elements, not {len(items)}")
    return items
