class _Side(_t.Generic[_S]):
    """A role that is held, by one thread at a time."""

    __slots__ = ("_core",)

    def __init__(self, core: _S) -> None:
        self._core: _S = core

    @property
    def closed(self) -> bool:
        """Whether this handle has been closed, detached or lost over a fork."""
        return self._core.closed

    def position(self) -> int:
        """The sequence number of the next message: how many this role has handled since the ring was made."""
        return self._core.position()

    def epoch(self) -> int:
        """How often this role has been claimed, this time included."""
        return self._core.epoch()

    def stats(self) -> _ringgen.Stats:
        """This side's counters."""
        return self._core.stats()

    def warnings(self) -> list[str]:
        """What was found when the ring was attached and is no error."""
        return self._core.warnings()

    def detach(self) -> None:
        """Gives the role back without ending the stream, so that a successor can go on."""
        self._core.detach()

    def close(self) -> None:
        """Gives the role back; a producer ends the stream by it, for good."""
        self._core.close()

    def __enter__(self) -> _t.Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._core.close()

    def __repr__(self) -> str:
        return repr(self._core)
