def _octets(data: bytes) -> _ctypes.Array[_ctypes.c_uint8]:
    """An array of these bytes."""
    return (_ctypes.c_uint8 * len(data)).from_buffer_copy(data)
