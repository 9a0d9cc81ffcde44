class _DeprecatedMember:
    """A member of an enum, the use of whose name is a warning."""

    def __init__(self, member: object, text: str) -> None:
        self._member = member
        self._text = text

    def __get__(self, instance: object, owner: type) -> object:
        _warnings.warn(self._text, DeprecationWarning, stacklevel=2)
        return self._member


def _deprecate(of: type[_enum.IntEnum] | type[_enum.IntFlag], **versions: int) -> None:
    """Makes the use of these names of an enum a warning. Its values are read and iterated over as before."""
    for name, version in versions.items():
        text = f"`{of.__name__}.{name}` is deprecated since version {version}"
        # An enum refuses that a member be set anew; this one stays what it is, and so does its number.
        type.__setattr__(of, name, _DeprecatedMember(of[name], text))
