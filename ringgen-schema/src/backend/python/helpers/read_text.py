def _read_text(data: _ctypes.Array[_ctypes.c_uint8]) -> str:
    """The text in these bytes; one that is no UTF-8 raises, and the error's `object` has the bytes."""
    return bytes(data).partition(b"\0")[0].decode()
