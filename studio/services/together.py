"""Several generators at once, each in a thread of its own, told as one. Worker threads."""

from __future__ import annotations

import queue
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from studio.library import leave_thread

E = TypeVar("E")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Done(Generic[R]):
    """What a generator returned."""

    result: R


@dataclass(frozen=True, slots=True)
class Failed:
    """What a generator ended with."""

    error: BaseException


def together(
    works: Sequence[Callable[[], Generator[E, None, R]]], at_once: int, stop: Callable[[], object]
) -> Generator[tuple[int, E | Done[R] | Failed], None, None]:
    """Yields (which, event), and at last Done or Failed for each; begun in order, `at_once` at the same time.

    None is ever left in the middle. When nobody listens any more, no other begins, and those that run are waited for:
    `stop` must make them end.
    """
    told: queue.SimpleQueue[tuple[int, E | Done[R] | Failed]] = queue.SimpleQueue()

    def run(n: int) -> None:
        try:
            steps = works[n]()
            while True:
                try:
                    told.put((n, next(steps)))
                except StopIteration as end:
                    told.put((n, Done(end.value)))
                    return
        except BaseException as error:  # crosses to the thread that listens, which decides
            told.put((n, Failed(error)))
        finally:
            leave_thread()

    left = len(works)
    with ThreadPoolExecutor(max(1, min(at_once, left))) as pool:
        try:
            for n in range(len(works)):
                pool.submit(run, n)
            while left:
                n, event = told.get()
                left -= isinstance(event, Done | Failed)
                yield n, event
        finally:
            if left:
                stop()
            pool.shutdown(cancel_futures=True)
