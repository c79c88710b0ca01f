"""A server that tells what it got, and a line to it, for the tests of lines."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from studio.core.accounts import Account
from studio.core.jobs import StopToken
from studio.engines.remote.base import said
from studio.engines.remote.errors import of_status
from studio.engines.remote.line import Line, Pace, Shared
from tests.engines.remote.driving import HASTY
from tests.vendors.stub import Reply, Request, Route, Stub

KEY = "sk-0123456789abcdef"  # long enough that nobody says it
T = TypeVar("T")


class Echo(Stub):
    """Tells what it got, and repeats the key in its errors as some servers do."""

    def _echo(self, request: Request) -> Reply:
        return Reply({"got": request.length, "key": request.key})

    def error(self, status: int, why: str = "", detail: str = "") -> Reply:
        return Reply({"message": f"no: Authorization: Bearer {KEY}"}, status)

    def _raw(self, request: Request) -> Reply:
        return Reply({"got": request.length, "sha256": request.sha256})

    forms = ("application/json", "multipart/form-data", "application/x-www-form-urlencoded")
    routes = (
        Route("GET", "/v1/jobs", _echo),
        Route("POST", "/v1/jobs", _echo, forms),
        Route("POST", "/v1/raw", _raw, ("*",)),
    )


@contextmanager
def line_to(url: str, *, key: str = KEY, pace: Pace = HASTY, **how: Any) -> Iterator[Line]:
    account = Account("mine", "echo", url, insecure=how.pop("insecure", False))
    made = Line(account, url, "Echo", how.pop("stop", StopToken()), how.pop("shared", Shared()), pace)
    made.use(
        {"Authorization": f"Bearer {key}"},
        lambda response: of_status("Echo", response.status_code, said(response), "e"),
    )
    try:
        yield made
    finally:
        made.close()


def finish(work: Generator[Any, None, T], events: list[Any] | None = None) -> T:
    while True:
        try:
            event = next(work)
        except StopIteration as end:
            result: T = end.value
            return result
        if events is not None:
            events.append(event)
