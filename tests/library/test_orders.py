"""Orders outside of jobs, and voices made from recordings, as the library keeps them."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from studio.core.accounts import Account, RemoteVoice
from studio.core.errors import Problem, StorageError
from studio.library import SOUND, SPEECH, Home, Library, Ordered, Spent
from studio.library.database import MIGRATIONS


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(Home(tmp_path / "home").prepared())
    yield library
    library.close()


def order(library: Library, print_: str = "f", account: str = "a", work: str = SPEECH, cost: float = 1.0) -> Ordered:
    return library.orders.add(work, print_, account, "openai", 60_000, "Hello", cost)


def this_month(library: Library) -> str:
    with library.database.read() as db:
        return str(db.execute("SELECT strftime('%Y-%m', 'now')").fetchone()[0])


def test_an_order_from_its_first_mark_to_its_end(library: Library) -> None:
    made = order(library)
    assert (made.stage, made.data, made.ended, made.ordered) == ("new", {}, None, None)
    library.orders.mark(made.uid, "submitted", {"job": "7"}, ordered=True)
    library.orders.receive(made.uid, "received", b"\x00sound")
    library.orders.end(made.uid, "failed", Problem("No.", "Hint."))
    known = library.orders.get(made.uid)
    assert known
    assert (known.stage, known.data, known.ended) == ("received", {"job": "7"}, "failed")
    assert known.problem == Problem("No.", "Hint.")
    assert library.orders.reply(made.uid) == b"\x00sound"
    assert library.orders.reply("other") is None


def test_only_what_may_have_been_ordered_counts(library: Library) -> None:
    order(library, "never sent")
    for work in (SPEECH, SOUND):
        made = order(library, work, work=work, cost=2.0)
        library.orders.mark(made.uid, "submitting", {}, ordered=True)
    turned_away = order(library, "refused")
    library.orders.mark(turned_away.uid, "submitting", {}, ordered=True)
    library.orders.mark(turned_away.uid, "new", {}, ordered=False)
    assert library.orders.spent("a", this_month(library)) == Spent(1.0, 4.0, 60_000)
    assert library.orders.spent("a", "1999-01") == Spent(0.0, 0.0, 0)
    assert library.orders.spent("b", this_month(library)) == Spent(0.0, 0.0, 0)
    assert {each.fingerprint for each in library.orders.last("a")} == {SPEECH, SOUND}


def test_whose_reply_is_there_is_found_before_others(library: Library) -> None:
    there = order(library, account="b")
    library.orders.receive(there.uid, "received", b"x")
    order(library, account="a")
    found = library.orders.find("f", "a")
    assert found
    assert found.uid == there.uid
    library.orders.end(there.uid, "failed")
    found = library.orders.find("f", "a")
    assert found
    assert found.account == "a"
    assert library.orders.find("f", "c") is None


def test_a_reply_that_cannot_be_kept(library: Library) -> None:
    made = order(library)
    library.home.replies.write_text("in the way")
    with pytest.raises(StorageError, match="cannot be kept"):
        library.orders.receive(made.uid, "received", b"x")
    known = library.orders.get(made.uid)
    assert known
    assert known.stage == "new"


def test_voices_as_the_vendor_told_them(library: Library) -> None:
    library.accounts.put(Account("a", "prosa-tts"))
    voices = (RemoteVoice("x", "X", ("id", "en"), "female"), RemoteVoice("y"))
    library.accounts.set_voices("a", voices)
    assert library.accounts.voices("a") == voices
    library.accounts.put(Account("a", "prosa-tts", url="https://example.com"))
    assert library.accounts.voices("a") == voices
    library.accounts.put(Account("a", "openai"))
    assert library.accounts.voices("a") == ()


def test_a_voice_goes_with_its_consent(library: Library) -> None:
    made = library.clones.add("a", "Anna", "content", (10, 20), "Anna Müller", "I agree.", b"wav")
    assert library.clones.get(made.id) == made
    assert library.clones.all() == [made]
    assert dataclasses.asdict(made) | {"agreed": ""} == {
        "id": 1,
        "account": "a",
        "title": "Anna",
        "content_id": "content",
        "start": 10,
        "end": 20,
        "agreed_by": "Anna Müller",
        "agreed": "",
        "notice": "I agree.",
        "reference": b"wav",
    }
    library.clones.remove(made.id)
    assert library.clones.all() == []
    assert library.clones.add("a", "B", "c", (0, 1), "B", "Yes.", b"w").id == 2


def test_an_account_of_an_older_library_has_not_agreed_for_texts(tmp_path: Path) -> None:
    home = Home(tmp_path / "old").prepared()
    Library(home).close()
    with closing(sqlite3.connect(home.database)) as db:
        for table in ("vendor_order", "clone"):
            db.execute(f"DROP TABLE {table}")
        db.execute("ALTER TABLE account DROP COLUMN voices")
        db.execute("INSERT INTO account (name, kind, settings) VALUES ('a', 'openai', '{\"agreed\": true}')")
        before = next(n for n, script in enumerate(MIGRATIONS) if "CREATE TABLE vendor_order" in script)
        db.execute(f"PRAGMA user_version = {before}")
        db.commit()
    library = Library(home)
    (account,) = library.accounts.all()
    assert (account.agreed, account.text_agreed, account.speech_price) == (True, False, None)
    assert library.accounts.voices("a") == ()
    library.close()
