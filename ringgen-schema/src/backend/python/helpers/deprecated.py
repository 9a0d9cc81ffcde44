# Type checkers know typing_extensions whether it is installed or not.
# pyright: reportMissingModuleSource=false
if _t.TYPE_CHECKING:
    from typing_extensions import deprecated as _deprecated
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
