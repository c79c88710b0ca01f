"""Several generators at once, each in a thread of its own, told as one. Worker threads."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
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
    works: Sequence[Callable[[], Generator[E, None, R]]], at_once: int
) -> Iterator[tuple[int, E | Done[R] | Failed]]:
    """Yields (which, event), and at last Done or Failed for each; in order, `at_once` at the same time.

    When nobody listens any more, those that run are waited for: they must hear of it in another way (a stop token).
    """
    told: queue.Queue[tuple[int, E | Done[R] | Failed]] = queue.Queue()
    closed = threading.Event()

    def run(n: int) -> None:
        try:
            steps = works[n]()
            while not closed.is_set():
                try:
                    told.put((n, next(steps)))
                except StopIteration as end:
                    told.put((n, Done(end.value)))
                    return
        except BaseException as error:  # crosses to the thread that listens, which decides
            told.put((n, Failed(error)))
        finally:
            leave_thread()

    with ThreadPoolExecutor(max(1, min(at_once, len(works)))) as pool:
        try:
            for n in range(len(works)):
                pool.submit(run, n)
            left = len(works)
            while left:
                n, event = told.get()
                left -= isinstance(event, Done | Failed)
                yield n, event
        finally:
            closed.set()
            pool.shutdown(cancel_futures=True)
