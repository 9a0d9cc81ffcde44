def _show(of: object, /, *names: str, **reads: _t.Callable[[], object]) -> str:
    """The fields of a message, also of one that holds what can't be read."""

    def value(of: _t.Any) -> str:
        return f"[{', '.join(map(value, of))}]" if issubclass(type(of), _ctypes.Array) else repr(of)

    def field(name: str) -> str:
        try:
            return f"{name}={value(reads[name]() if name in reads else getattr(of, name))}"
        except UnicodeDecodeError as error:
            return f"{name}={error.object!r}"

    return f"{type(of).__name__}({', '.join(map(field, names))})"
