def _unknown(
    name: str, tag: int, data: bytes, cases: _abc.Container[int], limits: tuple[int, int], size: int
) -> tuple[int, bytes]:
    """The tag and the bytes of a case that has no name."""
    number = _integer(f"{name}.tag", tag, limits)
    if number in cases:
        raise ValueError(f"{name} has a name for the tag {number}, which stands for no bytes")
    octets = memoryview(data).tobytes()
    if len(octets) > size:
        raise ValueError(f"{name} has room for {size} bytes, not {len(octets)}")
    return number, octets
