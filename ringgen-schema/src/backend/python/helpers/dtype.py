class _Dtype:
    """A numpy dtype, made when it is first read."""

    def __init__(self, size: int, fields: _t.Callable[[], tuple[tuple[str, _t.Any, int], ...]]) -> None:
        self._size = size
        self._fields = fields
        self._dtype: _np.dtype[_np.void] | None = None

    def __get__(self, instance: object, owner: type) -> _np.dtype[_np.void]:
        if self._dtype is None:
            import numpy

            fields = self._fields()
            names, formats, offsets = ([field[part] for field in fields] for part in range(3))
            layout: _t.Any = {"names": names, "formats": formats, "offsets": offsets, "itemsize": self._size}
            self._dtype = _t.cast("_np.dtype[_np.void]", numpy.dtype(layout))
        return self._dtype
