"""What the voices that live in a child process share. Any thread may ask; a thread of its own drives the child."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from typing import Any

from studio.core.jobs import Stopped, StopReason, StopToken
from studio.core.word_times import estimate, letters
from studio.engines.base import Spoken

from .child import Child

_GO_ON = "What was spoken is kept: try again, or choose another voice."
_LOOK = 0.02  # seconds
_GRACE = 1.0  # seconds a piece that nobody waits for may still take, before its process is ended


class ChildTalker:
    """Keeps its child between pieces. The session's method `say` yields (samples, rate, weights of words) once.

    A stop is heard at once, but the child may finish what it is at: to load everything again takes longer than a
    sentence does.
    """

    def __init__(self, name: str, factory: str, setup: dict[str, Any]) -> None:
        self.name = name
        self._child = Child(factory, setup, subject=f"The voice of {name}", go_on=_GO_ON)
        self._driver = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"voice-{name}")

    def say(self, text: str, voice: str, language: str | None, stop: StopToken) -> Spoken:
        stop.check()
        own = StopToken()
        answer = self._begin("say", own, text=text, **self._request(voice, language))
        return self._made(text, self._awaited(answer, own, stop))

    def warm(self, voice: str, language: str | None) -> None:
        """Returns at once; what the first sentence would have to wait for is loaded meanwhile.

        What goes wrong then goes wrong for that sentence too, and is told there.
        """
        with suppress(Stopped):  # closed
            self._begin("warm", StopToken(), **self._request(voice, language))

    def close(self) -> None:
        self._child.close()
        self._driver.shutdown(wait=False, cancel_futures=True)
        self._child.close()  # one that was started in between

    def _request(self, voice: str, language: str | None) -> dict[str, Any]:
        """What the session has to know beside the text. Raises UsageError for a voice it does not have."""
        raise NotImplementedError

    def _begin(self, method: str, own: StopToken, **request: Any) -> Future[list[Any]]:
        try:
            return self._driver.submit(lambda: list(self._child.call(method, own, **request)))
        except RuntimeError as error:  # the driver takes nothing more
            raise Stopped(StopReason.QUIT) from error

    def _awaited(self, answer: Future[list[Any]], own: StopToken, stop: StopToken) -> list[Any]:
        while True:
            try:
                return answer.result(timeout=_LOOK)
            except CancelledError as error:  # closed meanwhile
                raise Stopped(stop.reason or StopReason.QUIT) from error
            except NotYet:
                if answer.done():
                    raise
            if stop.requested:
                if not answer.cancel():
                    late = threading.Timer(_GRACE, own.request, (StopReason.CANCEL,))
                    late.daemon = True
                    late.start()
                stop.check()

    def _made(self, text: str, answer: list[Any]) -> Spoken:
        ((samples, rate, weights),) = answer
        known: Mapping[str, float] = weights
        return Spoken(samples, rate, estimate(text, samples, rate, known.__getitem__ if known else letters))
