def _octets(data: bytes, size: int) -> _ctypes.Array[_ctypes.c_uint8]:
    """An array of these bytes, and of zeros behind them."""
    return (_ctypes.c_uint8 * size).from_buffer_copy(data.ljust(size, b"\0"))
