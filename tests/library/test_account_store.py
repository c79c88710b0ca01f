"""Accounts and orders as they are stored: every value comes back, what was paid is counted once."""

from __future__ import annotations

import dataclasses
import multiprocessing
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from studio.core.accounts import Account, RemoteModel
from studio.core.errors import Problem
from studio.core.jobs import JobOptions
from studio.core.parts import Part
from studio.core.transcript import EngineInfo, Segment, Source
from studio.library import Home, Library, Submission

MONTH = f"{datetime.now(UTC):%Y-%m}"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(Home(tmp_path / "home").prepared())
    yield library
    library.close()


def order(library: Library, part: int = 0, cost: float | None = 1.0, job: int = 1) -> Submission:
    return library.submissions.add(job, part, Part(0, 60_000, 0, 60_000), "a", "prosa", "f", "talk.wav", cost)


def order_all(home: Path, uids: list[str]) -> int:
    """In another process: how many of these could be ordered."""
    library = Library(Home(home))
    ordered = sum(library.submissions.order(uid, "submitting", {}) is None for uid in uids)
    library.close()
    return ordered


def test_the_stop_of_a_month_holds_across_processes(library: Library, tmp_path: Path) -> None:
    library.accounts.put(Account("a", "prosa", monthly_cap=10.0))
    uids = [order(library, part).uid for part in range(40)]
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        shares = [(tmp_path / "home", uids[n::4]) for n in range(4)]
        assert sum(pool.starmap(order_all, shares)) == 10
    assert library.submissions.spent("a", MONTH).cost == 10.0
    refused = [s for s in library.submissions.of_job(1) if s.ordered is None]
    assert {s.stage for s in refused} == {"new"}
    taken = next(s for s in library.submissions.of_job(1) if s.ordered)
    assert library.submissions.order(taken.uid, "submitting", {}) is None, "it is counted already"
    assert library.submissions.order(refused[0].uid, "submitting", {}) == 10.0
    library.accounts.put(Account("a", "prosa", monthly_cap=11.0))
    assert library.submissions.order(refused[0].uid, "submitting", {"job": 1}) is None
    assert library.submissions.of_job(1)[refused[0].part].data == {"job": 1}


def test_every_value_of_an_account_comes_back(library: Library) -> None:
    full = Account(
        "Büro",
        "openai",
        url="https://example.com/v1",
        model="whisper-1",
        tier="Free",
        price=0.01,
        speech_price=0.02,
        ask_above=2.5,
        monthly_cap=0.0,
        at_once=7,
        random_names=False,
        insecure=True,
        certificates="/ca.pem",
        agreed=True,
        text_agreed=True,
        enabled=False,
        options={"key_env": "X"},
    )
    assert all(getattr(full, f.name) != f.default for f in dataclasses.fields(full))
    library.accounts.put(full)
    library.accounts.put(Account("b", "prosa"))
    assert library.accounts.all() == [full, Account("b", "prosa")]
    assert library.accounts.get("Büro") == full
    library.accounts.put(dataclasses.replace(full, price=None))
    assert [a.name for a in library.accounts.all()] == ["Büro", "b"], "changed, not added"
    library.accounts.remove("Büro")
    assert library.accounts.get("Büro") is None


def test_settings_of_a_newer_version_do_no_harm(library: Library) -> None:
    with sqlite3.connect(library.database.path) as db:
        db.execute(
            """INSERT INTO account (name, kind, settings) VALUES ('n', 'prosa', '{"colour": 1, "price": 2.0}')"""
        )
    assert library.accounts.get("n") == Account("n", "prosa", price=2.0)


def test_what_a_vendor_offers_is_asked_anew_when_the_vendor_is_another(library: Library) -> None:
    account = Account("a", "openai")
    library.accounts.put(account)
    assert library.accounts.models("a") == ()
    told = (RemoteModel("x", "X", ("de", "en"), speakers=False), RemoteModel("y", languages=None))
    library.accounts.set_models("a", told)
    assert library.accounts.models("a") == told
    library.accounts.put(dataclasses.replace(account, price=1.0))
    assert library.accounts.models("a") == told
    library.accounts.put(dataclasses.replace(account, kind="prosa"))
    assert library.accounts.models("a") == ()


def test_an_order_from_its_first_to_its_last_stage(library: Library) -> None:
    store = library.submissions
    first = order(library)
    assert (first.stage, first.ended, first.ordered) == ("new", None, None)
    store.mark(first.uid, "uploaded", {"url": "https://x/ü"}, ordered=False)
    assert store.spent("a", MONTH).cost == 0
    store.mark(first.uid, "submitting", {"url": "https://x/ü"}, ordered=True)
    (now,) = store.of_job(1)
    assert (now.stage, now.data) == ("submitting", {"url": "https://x/ü"})
    assert now.ordered
    assert store.spent("a", MONTH) == store.spent("a", MONTH).__class__(1.0, 1.0)
    store.mark(first.uid, "submitted", {"job": "7"}, ordered=True)
    store.receive(first.uid, "received", b"{}" * 1000)
    assert store.reply(first.uid) == b"{}" * 1000
    assert store.spent("a", MONTH).cost == 1.0, "once"
    store.end(first.uid, "failed", Problem("No.", kind="JobFailed"))
    (now,) = store.of_job(1)
    assert (now.ended, now.problem) == ("failed", Problem("No.", kind="JobFailed"))


def test_what_was_turned_away_costs_nothing(library: Library) -> None:
    one = order(library)
    library.submissions.mark(one.uid, "submitting", {}, ordered=True)
    library.submissions.mark(one.uid, "new", {}, ordered=False)
    assert library.submissions.spent("a", MONTH).minutes == 0
    assert library.submissions.last("a") == []


def test_the_latest_order_of_each_part_counts_and_all_that_was_paid(library: Library) -> None:
    store = library.submissions
    old, other = order(library, 0), order(library, 1)
    for o in (old, other):
        store.mark(o.uid, "submitted", {}, ordered=True)
    store.end(old.uid, "failed")
    new = order(library, 0)
    store.mark(new.uid, "submitted", {}, ordered=True)
    assert [s.uid for s in store.of_job(1)] == [new.uid, other.uid]
    assert store.spent("a", MONTH).cost == 3.0
    assert store.spent("a", "2001-01").cost == 0
    assert store.spent("b", MONTH).cost == 0
    assert {s.uid for s in store.last("a")} == {old.uid, other.uid, new.uid}
    assert len(store.last("a", 2)) == 2


@pytest.mark.parametrize(
    ("stage", "ended", "doubtful", "expected"),
    [
        ("submitted", "failed", False, "again"),
        ("submitted", "lost", False, "again"),
        ("received", "done", True, "done"),
        ("submitting", None, False, None),
        ("submitting", None, True, "again"),
        ("submitted", None, True, None),
    ],
)
def test_what_is_ordered_anew(
    stage: str, ended: str | None, doubtful: bool, expected: str | None, library: Library
) -> None:
    one = order(library)
    library.submissions.mark(one.uid, stage, {}, ordered=True)
    if ended:
        library.submissions.end(one.uid, ended)
    library.submissions.again(1, doubtful=doubtful)
    (now,) = library.submissions.of_job(1)
    assert now.ended == expected
    assert library.submissions.spent("a", MONTH).cost == 1.0


def test_segments_and_the_end_of_their_order_are_stored_together(library: Library) -> None:
    job = library.jobs.add("/a.wav", "a.wav", "c", 60_000, "account:a", JobOptions())
    id = library.transcripts.create(Source(), EngineInfo(), job.id)
    one = order(library, job=job.id)
    with pytest.raises(sqlite3.IntegrityError):
        library.transcripts.append(id, [Segment(0, 1, None)], 60_000, submission=one.uid)  # type: ignore[arg-type]
    assert (library.submissions.of_job(job.id)[0].ended, library.transcripts.heard(id)) == (None, 0)
    library.transcripts.append(id, [Segment(0, 1, "a")], 60_000, submission=one.uid)
    assert library.submissions.of_job(job.id)[0].ended == "done"


def test_an_order_outlives_its_job_but_not_what_was_said(library: Library) -> None:
    job = library.jobs.add("/a.wav", "a.wav", "c", 60_000, "account:a", JobOptions())
    one = order(library, job=job.id)
    library.submissions.mark(one.uid, "submitted", {"job": "7"}, ordered=True)
    library.submissions.receive(one.uid, "received", b"secret words")
    assert library.jobs.remove(job.id)
    assert library.submissions.reply(one.uid) == b""
    (left,) = library.submissions.last("a")
    assert (left.name, left.data, left.cost) == ("", {}, 1.0)
