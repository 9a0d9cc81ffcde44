if _t.TYPE_CHECKING:
    from typing_extensions import deprecated as _deprecated  # pyright: ignore[reportMissingModuleSource]
else:

    def _deprecated(text):
        """Makes the use of a function a warning: `warnings.deprecated`, which Python has from 3.13 on."""

        def decorate(function):
            @_functools.wraps(function)
            def use(*arguments):
                _warnings.warn(text, DeprecationWarning, stacklevel=2)
                return function(*arguments)

            return use

        return decorate
