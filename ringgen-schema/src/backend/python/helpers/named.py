def _named(members: _abc.Mapping[int, _T], value: int) -> _T | int:
    """The member with this value, or the value if it has no name."""
    return members.get(value, value)
