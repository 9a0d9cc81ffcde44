"""The package itself: where it runs, what it exports, and the example of its docs."""

from __future__ import annotations

import importlib.metadata
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
import ringgen
from conftest import CASES, case

PACKAGE = Path(__file__).parents[1]


def test_it_says_which_implementation_it_is() -> None:
    assert ringgen.backend == "pure"


def test_everything_exported_is_there() -> None:
    assert sorted(set(ringgen.__all__)) == sorted(ringgen.__all__)
    for name in ringgen.__all__:
        assert getattr(ringgen, name).__doc__ or name in ("backend", "Wait")


def test_errors_have_one_base() -> None:
    errors = [getattr(ringgen, name) for name in ringgen.__all__ if name[0].isupper()]
    errors = [error for error in errors if inspect.isclass(error) and issubclass(error, Exception)]
    assert len(errors) == 16
    for error in errors:
        assert issubclass(error, ringgen.RingError) != (error is ringgen.SchemaWarning)
    assert issubclass(ringgen.Timeout, TimeoutError)


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("sys.platform", "darwin"),
        ("platform.machine", lambda: "aarch64"),
        ("sys.implementation.name", "pypy"),
    ],
)
def test_elsewhere_it_refuses_and_says_why(what: str, value: object) -> None:
    module, attribute = what.rsplit(".", 1)
    new = "lambda: 'aarch64'" if callable(value) else repr(value)
    code = f"import platform, sys\n{module}.{attribute} = {new}\nimport ringgen"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.search(r"ImportError: ringgen's pure Python ring runs in 64-bit CPython on Linux on x86-64", done.stderr)


def test_it_needs_no_other_package() -> None:
    required = importlib.metadata.requires("ringgen") or []
    assert [line for line in required if "extra ==" not in line] == []
    assert any(line.startswith("numpy") and 'extra == "numpy"' in line for line in required)


def test_it_is_typed() -> None:
    assert (Path(ringgen.__file__).parent / "py.typed").exists()


def blocks(text: str, language: str = "python") -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def test_the_examples_of_the_docs_run_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (PACKAGE / "README.md").read_text()
    # The schema in it is a case of the schema crate, which has the module that is generated of it.
    (schema,) = blocks(readme, "toml")
    assert schema == "# desk.toml\n" + (CASES / "one-ring-for-several-messages" / "schema.toml").read_text()
    monkeypatch.setitem(sys.modules, "desk", case("one-ring-for-several-messages"))
    for code in (*blocks(ringgen.__doc__ or ""), *blocks(readme)):
        exec(compile(code, "example", "exec"), {"__name__": "example"})
