def _blob(name: str, value: bytes, size: int) -> bytes:
    """The bytes, if they are as many as the field has."""
    data = memoryview(value).tobytes()
    if len(data) != size:
        raise ValueError(f"{name} has {size} bytes, not {len(data)}")
    return data
