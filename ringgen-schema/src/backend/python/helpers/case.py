def _case(
    name: str, value: object, tag: int | None, cases: _abc.Mapping[int, type[_ctypes.LittleEndianStructure]]
) -> int:
    """The tag of the case that this value is."""
    what = type(value).__name__
    tags: list[int] = []
    for number, of in cases.items():
        if isinstance(value, of) and _ctypes.sizeof(value) == _ctypes.sizeof(of):
            tags.append(number)
    if not tags:
        raise TypeError(f"{what} is no case of {name}")
    if tag is not None and tag not in tags:
        raise TypeError(f"{name} holds no {what} under the tag {tag!r}")
    if tag is None and len(tags) > 1:
        raise TypeError(f"{what} is more than one case of {name}: say which with `tag`")
    return tags[0] if tag is None else int(tag)
