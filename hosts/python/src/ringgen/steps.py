"""Where this process changes what others see: one place, so that tests can end it in front of any single step.

All that is written to shared memory goes through a view that `watched` has seen, and in front of everything else that
is done to a ring stands a `reach`. Both do nothing. Tests put others in their place: a `watched` whose views tell of
each store, and a `reach` that ends the process. So the hot path makes no call for it.

The steps are those of `tests/crash/points.txt` in the repository, where each of them is tried.
"""

from __future__ import annotations

from typing import TypeVar

V = TypeVar("V")


def watched(view: V, role: str) -> V:
    """A view of words or slots that `role` may write to: the view itself."""
    return view


def reach(step: str) -> None:
    """A step that is no store is about to be done."""
