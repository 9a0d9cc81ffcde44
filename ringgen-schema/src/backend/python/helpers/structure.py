def _structure(name: str, value: _T, of: type[_T]) -> _T:
    """The value, if it is one of these."""
    if not isinstance(value, of):
        raise TypeError(f"{name} is a {of.__name__}, not {value!r}")
    return value
