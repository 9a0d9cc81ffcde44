def _several(make: _t.Callable[[], _T], count: int) -> tuple[_T, ...]:
    """As many new ones."""
    return tuple(make() for _ in range(count))
