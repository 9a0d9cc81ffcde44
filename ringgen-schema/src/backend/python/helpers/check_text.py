def _check_text(name: str, data: _ctypes.Array[_ctypes.c_uint8]) -> None:
    """Refuses a text that is no UTF-8."""
    try:
        _read_text(data)
    except UnicodeDecodeError as error:
        raise ValueError(f"{name} holds {error.object!r}, which is no UTF-8") from None
