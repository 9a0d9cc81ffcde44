"""Rings in a directory of their own, generated modules on the path, and peers in processes of their own."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]
GENERATED = ROOT / "generated" / "python"
sys.path[:0] = [str(GENERATED), str(Path(__file__).parent)]

CASES = ROOT / "ringgen-schema" / "tests" / "cases"


def case(name: str) -> ModuleType:
    """What is generated of a case of the schema crate: a module of that name."""
    spelt = name.replace("-", "_")
    if spelt not in sys.modules:
        spec = importlib.util.spec_from_file_location(spelt, CASES / name / "out.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spelt] = module
        spec.loader.exec_module(module)
    return sys.modules[spelt]


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(autouse=True)
def rings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory for this test's rings, in shared memory."""
    path = tempfile.mkdtemp(prefix="ringgen-test-", dir="/dev/shm")
    monkeypatch.setenv("RINGGEN_DIR", path)
    yield Path(path)
    shutil.rmtree(path)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a function of peers.py in a process of its own; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def run(name: str, *arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("peers.py")), name, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def until(condition: Callable[[], bool]) -> None:
    """Waits for something that another process does; a test that hangs here says what is missing by its traceback."""
    while not condition():
        time.sleep(0.001)
