"""Accounts at vendors, and what each vendor said it offers: models and voices. Keys are elsewhere: see secrets.py."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable

from studio.core.accounts import Account, RemoteModel, RemoteVoice

from . import rows
from .database import Database


class AccountStore:
    """All calls may come from any thread; each is one transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def all(self) -> list[Account]:
        """In the order they were added."""
        with self._db.read() as db:
            found = db.execute("SELECT name, kind, settings FROM account ORDER BY created, name")
            return [_account(*row) for row in found]

    def get(self, name: str) -> Account | None:
        with self._db.read() as db:
            row = db.execute("SELECT name, kind, settings FROM account WHERE name = ?", (name,)).fetchone()
            return _account(*row) if row else None

    def put(self, account: Account) -> None:
        """Add it, or change the one of that name; what the vendor offers is asked anew if the vendor is another."""
        settings = dataclasses.asdict(account) | {"options": dict(account.options)}
        del settings["name"], settings["kind"]
        with self._db.write() as db:
            db.execute(
                "INSERT INTO account (name, kind, settings) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
                " models = CASE WHEN kind = excluded.kind THEN models END,"
                " voices = CASE WHEN kind = excluded.kind THEN voices END,"
                " kind = excluded.kind, settings = excluded.settings",
                (account.name, account.kind, rows.dump(settings)),
            )

    def remove(self, name: str) -> None:
        with self._db.write() as db:
            db.execute("DELETE FROM account WHERE name = ?", (name,))

    def set_models(self, name: str, models: Iterable[RemoteModel]) -> None:
        """What the vendor offers, as it told today."""
        with self._db.write() as db:
            db.execute(
                "UPDATE account SET models = ? WHERE name = ?",
                (rows.dump([dataclasses.asdict(m) for m in models]), name),
            )

    def models(self, name: str) -> tuple[RemoteModel, ...]:
        """What the vendor told last; empty if it was never asked."""
        with self._db.read() as db:
            row = db.execute("SELECT models FROM account WHERE name = ?", (name,)).fetchone()
        return tuple(_model(m) for m in json.loads(row[0])) if row and row[0] else ()

    def set_voices(self, name: str, voices: Iterable[RemoteVoice]) -> None:
        """In which voices the vendor speaks, as it told today."""
        with self._db.write() as db:
            db.execute(
                "UPDATE account SET voices = ? WHERE name = ?",
                (rows.dump([dataclasses.asdict(v) for v in voices]), name),
            )

    def voices(self, name: str) -> tuple[RemoteVoice, ...]:
        """What the vendor told last; empty if it was never asked."""
        with self._db.read() as db:
            row = db.execute("SELECT voices FROM account WHERE name = ?", (name,)).fetchone()
        return tuple(_voice(v) for v in json.loads(row[0])) if row and row[0] else ()


def _account(name: str, kind: str, settings: str) -> Account:
    return Account(name, kind, **rows.known(Account, json.loads(settings)))


def _model(entry: dict[str, object]) -> RemoteModel:
    known = rows.known(RemoteModel, entry)
    languages = known.get("languages")
    return RemoteModel(**{**known, "languages": None if languages is None else tuple(languages)})


def _voice(entry: dict[str, object]) -> RemoteVoice:
    known = rows.known(RemoteVoice, entry)
    return RemoteVoice(**{**known, "languages": tuple(known.get("languages", ()))})
