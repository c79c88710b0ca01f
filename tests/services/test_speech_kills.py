"""kill -9 while a vendor speaks for us: the next start has the same sound, and nothing is ordered twice."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from speech_jobs import CASES, Booth, open_booth

from studio.core.errors import Ambiguous
from studio.library import Home
from studio.services import money

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
TEXT = "Guten Morgen, Köln."
PATIENT = 30  # seconds that a stub keeps somebody waiting who is killed meanwhile


@contextmanager
def booth(kind: str, home: Home) -> Iterator[Booth]:
    case = CASES[kind]
    with case.stub(**case.settings) as stub:
        found = open_booth(home, stub, kind, speech_price=1.0)
        yield found
        found.studio.close()


def kill_at(b: Booth, place: str) -> None:
    """Let a process have the text spoken, and kill it there."""
    method, path, hold = "POST", b.case.orders, ""
    if place == "submitting":
        b.stub.script("POST", path, delay_s=PATIENT)
    elif place == "polling" and b.case.poll.startswith("/audio"):
        method, path = "GET", b.case.poll
        b.stub.script("GET", path, delay_s=PATIENT)
    elif place == "polling":
        method, path = "GET", b.case.poll
        b.stub.configure(polls_until_done=None)
    else:
        hold = "has done it"
    command = [sys.executable, str(HERE / "speech_child.py"), str(b.studio.home.root), b.case.voice, TEXT]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent.parent), str(HERE)])}
    child = subprocess.Popen(
        [*command, hold] if hold else command,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert child.stdout
    assert child.stdin
    heard = threading.Thread(target=lambda: None)
    try:
        if hold:
            assert any(line.rstrip().endswith(hold) for line in iter(child.stdout.readline, "")), "it came so far"
        else:
            heard = threading.Thread(target=child.stdout.read)  # so that it can go on telling
            b.stub.wait_for(1, method, path, timeout=60)
        heard.start()
    finally:
        child.kill()
        child.wait()
    heard.join()
    child.stdout.close()
    child.stdin.close()


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("prosa-tts", "submitting"),  # it lists its jobs, so the order is found again
        ("prosa-tts", "polling"),
        ("prosa-tts", "received"),
        ("slashml", "polling"),
        ("slashml", "received"),
        ("aimlapi", "polling"),  # fetching, that is
        ("aimlapi", "received"),
        ("openai", "received"),
    ],
)
def test_killed_and_started_again(kind: str, place: str, tmp_path: Path) -> None:
    with booth(kind, Home(tmp_path / "other").prepared()) as b:
        expected = b.say(TEXT)
    with booth(kind, Home(tmp_path / "home").prepared()) as b:
        kill_at(b, place)
        b.stub.configure(polls_until_done=0)
        assert b.say(TEXT).sound == expected.sound
        assert len(b.stub.requests("POST", b.case.orders)) == 1
        assert money.spent(b.studio, b.studio.accounts.get("a")).characters == len(TEXT)


@pytest.mark.parametrize("kind", ["slashml", "aimlapi", "openai"])
def test_killed_while_nobody_can_tell_whether_the_order_arrived(kind: str, tmp_path: Path) -> None:
    with booth(kind, Home(tmp_path / "home").prepared()) as b:
        kill_at(b, "submitting")
        for _ in range(2):
            with pytest.raises(Ambiguous):
                b.say(TEXT)
        assert len(b.stub.requests("POST", b.case.orders)) == 1
        assert b.say(TEXT, again=True).sound
        assert len(b.stub.requests("POST", b.case.orders)) == 2
        assert money.spent(b.studio, b.studio.accounts.get("a")).characters == 2 * len(TEXT)


def test_killed_between_the_reply_and_its_mark(tmp_path: Path) -> None:
    """The reply lies there as a whole; that it is there was not noted yet."""
    with booth("openai", Home(tmp_path / "home").prepared()) as b:
        expected = b.say(TEXT)
        order = b.stored(TEXT)
        b.studio.library.orders.mark(order.uid, "submitting", {}, ordered=True)
        b.studio.library.orders.end(order.uid, None)
        assert b.say(TEXT) == expected
        assert b.stored(TEXT).ended == "done"
        assert len(b.orders()) == 1


def test_killed_just_before_the_order_was_sent(tmp_path: Path) -> None:
    """A vendor that lists its jobs has no such order: it is ordered now, and counted once."""
    with booth("prosa-tts", Home(tmp_path / "home").prepared()) as b:
        b.account(key="stub-bad", speech_price=1.0)
        with pytest.raises(Exception, match="refused the key"):
            b.say(TEXT)
        b.studio.library.orders.mark(b.stored(TEXT).uid, "submitting", {}, ordered=True)
        b.account(speech_price=1.0)
        assert b.say(TEXT).sound
        assert len(b.orders()) == 1
        assert money.spent(b.studio, b.studio.accounts.get("a")).characters == len(TEXT)
