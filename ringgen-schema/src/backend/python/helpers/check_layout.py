def _check_layout(
    of: type[_ctypes.LittleEndianStructure], size: int, fields: tuple[tuple[str, str, int, int], ...]
) -> None:
    """Compares what ctypes makes of a structure with what the generator says."""
    slots = [getattr(of, slot[0]) for slot in vars(of)["_fields_"]]
    laid = [(slot.offset, slot.size) for slot in slots]
    if laid != [field[2:] for field in fields] or _ctypes.sizeof(of) != size:
        raise ImportError(f"ctypes lays {of.__name__} out in another way: {laid}, {_ctypes.sizeof(of)} bytes")
