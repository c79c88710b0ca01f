"""Drives a vendor as the services do: every mark is kept, so that a test can end it anywhere and go on from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from studio.core.accounts import Account
from studio.core.jobs import StopToken
from studio.engines.remote.base import Data, Mark, Received, Service, Stage
from studio.engines.remote.flow import RemoteEvent, run
from studio.engines.remote.line import Line, Pace, Shared

HASTY = Pace(connect=2.0, write=5.0, read=5.0, unit=0.004)


@dataclass
class Drive:
    """One order at one account. `marks` and `events` are what was told; `reply` is the stored answer."""

    kind: type[Service[Any]]
    account: Account
    order: Any
    key: str = "stub-ok"
    pace: Pace = HASTY
    shared: Shared = field(default_factory=Shared)
    stop: StopToken = field(default_factory=StopToken)
    stage: Stage = Stage.NEW
    data: Data = field(default_factory=dict)
    marks: list[Stage] = field(default_factory=list)
    events: list[RemoteEvent] = field(default_factory=list)
    reply: bytes = b""

    def go(self, until: Callable[[RemoteEvent], bool] = lambda _: False) -> Drive:
        """Run to the end, or up to and with the first event for which `until` is true: as if killed there."""
        with self.vendor() as vendor:
            for event in run(vendor, self.order, self.stage, self.data):
                self.events.append(event)
                match event:
                    case Mark(stage, data):
                        self.stage, self.data = stage, data
                        self.marks.append(stage)
                    case Received(reply):
                        self.stage, self.reply = Stage.RECEIVED, reply
                if until(event):
                    break
        return self

    def result(self) -> Any:
        """What the whole order comes to."""
        self.go()
        with self.vendor() as vendor:
            return vendor.read(self.reply, self.order)

    def vendor(self) -> _Open:
        return _Open(self)


class _Open:
    """A vendor with a line of its own, closed at the end of the block."""

    def __init__(self, drive: Drive) -> None:
        kind, account = drive.kind, drive.account
        base = account.url or kind.info.url
        self._line = Line(account, base, kind.info.title, drive.stop, drive.shared, drive.pace)
        self._vendor = kind(account, drive.key, self._line)

    def __enter__(self) -> Any:
        return self._vendor

    def __exit__(self, *_: object) -> None:
        self._line.close()
