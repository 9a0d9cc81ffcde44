def _at_most(name: str, values: _abc.Iterable[_T], count: int) -> tuple[_T, ...]:
    """The values, if the list has room for them."""
    items = tuple(values)
    if len(items) > count:
        raise ValueError(f"{name} has room for {count} elements, not {len(items)}")
    return items
