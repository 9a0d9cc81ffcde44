def _batch(messages: _t.Any, pack: _t.Callable[[_t.Any], bytes]) -> _t.Any:
    """An array as it is, of other messages the bytes."""
    return messages if hasattr(messages, "dtype") else b"".join(map(pack, messages))
