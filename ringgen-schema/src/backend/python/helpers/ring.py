class _Ring(_t.Generic[_T]):
    """A ring that is open; it holds no role. Closing it, or leaving a `with`, keeps the ring and claimed roles."""

    __slots__ = ("_ring",)

    def __init__(self, ring: _ringgen.Ring[_T]) -> None:
        self._ring = ring

    @property
    def path(self) -> str:
        """Where the ring lies."""
        return self._ring.path

    @property
    def capacity(self) -> int:
        """How many messages it holds."""
        return self._ring.capacity

    def warnings(self) -> list[str]:
        """What was found when the ring was attached and is no error."""
        return self._ring.warnings()

    def unlink(self) -> None:
        """Removes the ring's name, if it is still this ring's; who is attached goes on."""
        self._ring.unlink()

    def close(self) -> None:
        """Lets go of the file."""
        self._ring.close()

    def __enter__(self) -> _t.Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ring.close()

    def __repr__(self) -> str:
        return repr(self._ring)
