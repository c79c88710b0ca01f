"""How each account stands: whether it works, where its key is, what it has cost this month. Worker threads.

What is known of a vendor is remembered from the last test and the last job, so that nobody has to be asked.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum

from studio.core.accounts import Account, RemoteModel, RemoteVoice, VendorInfo
from studio.core.errors import Problem, StudioError
from studio.library import Ordered, Spent, Submission

from . import accounts, money
from .studio import Studio

_SEEN = "accounts_seen"  # setting: {account: {kind, sentence}} of what came of it last; kind "" is good
_SHOWN = 4  # of the orders
_LEAST_KEY = 12  # characters; of a shorter key nothing is shown


class State(StrEnum):
    """The value is shown."""

    CONNECTED = "Connected"
    LIMIT = "Limit reached"
    REFUSED = "Key refused"
    SILENT = "Not answering"
    UNSET = "Not set up"
    NEW = "Not tried yet"
    OFF = "Switched off"


_OF_KIND = {"": State.CONNECTED, "AuthError": State.REFUSED, "QuotaError": State.LIMIT}


@dataclass(frozen=True, slots=True)
class Standing:
    account: Account
    info: VendorInfo | None  # None: its package was removed
    models: tuple[RemoteModel, ...]
    host: str  # who gets the sound
    way: accounts.Way  # how it goes there
    state: State
    sentence: str  # why it is in this state, "" where that needs no words
    place: str  # where the key is: "keyring", "file", "memory", "variable"; "": there is none
    tail: str  # the end of the key, to know it by
    spent: Spent
    last: tuple[Submission | Ordered, ...]  # what was sent last, the newest first
    voices: tuple[RemoteVoice, ...] = ()  # in which it speaks, as far as its vendor tells them


@dataclass(frozen=True, slots=True)
class Overview:
    standings: tuple[Standing, ...]
    has_keyring: bool


def overview(studio: Studio) -> Overview:
    """All accounts. May take a moment: the system's keyring is asked."""
    found = tuple(_standing(studio, account) for account in studio.accounts.all())
    return Overview(found, studio.library.secrets.has_keyring())


def remember(studio: Studio, name: str, problem: Problem | None) -> None:
    """What came of a test or a job of this account; None: it went well."""
    known = studio.library.settings.get(_SEEN, {})
    entry = {"kind": problem.kind if problem else "", "sentence": problem.sentence if problem else ""}
    if known.get(name) != entry:
        studio.library.settings.set(_SEEN, known | {name: entry})


def forget(studio: Studio, name: str) -> None:
    """What was known does not count any more: the key or the address is another one."""
    known = studio.library.settings.get(_SEEN, {})
    studio.library.settings.set(_SEEN, {account: entry for account, entry in known.items() if account != name})


def _standing(studio: Studio, account: Account) -> Standing:
    info = accounts.infos().get(account.kind)
    spent = money.spent(studio, account)
    place, tail, trouble = _key(studio, account)
    state, sentence = _state(studio, account, info, spent, place)
    return Standing(
        account,
        info,
        studio.accounts.models(account) if info else (),
        accounts.host_of(account) if info else account.url,
        accounts.way(account) if info else "open",
        state,
        trouble or sentence,
        place,
        tail,
        spent,
        _last(studio, account.name),
        studio.accounts.voices(account) if info and info.speaks else (),
    )


def _last(studio: Studio, name: str) -> tuple[Submission | Ordered, ...]:
    library = studio.library
    sent: list[Submission | Ordered] = [*library.submissions.last(name, _SHOWN), *library.orders.last(name, _SHOWN)]
    return tuple(sorted(sent, key=lambda each: each.ordered or "", reverse=True)[:_SHOWN])


def _key(studio: Studio, account: Account) -> tuple[str, str, str]:
    """Its place, its end, and why it cannot be read."""
    variable = account.options.get("key_env", "")
    try:
        key = studio.library.secrets.get(account.name, variable)  # that there is none is no trouble here
        place = studio.library.secrets.place(account.name) or ""
    except StudioError as error:
        return "", "", error.problem.sentence
    tail = key[-4:] if len(key) >= _LEAST_KEY else ""
    return ("variable" if os.environ.get(variable) else "") if variable else place, tail, ""


def _state(studio: Studio, account: Account, info: VendorInfo | None, spent: Spent, place: str) -> tuple[State, str]:
    if info is None:
        return State.UNSET, f"The package that knows “{account.kind}” is not installed any more."
    if not account.enabled:
        return State.OFF, "No job is sent to it."
    if info.key_needed and not place:
        variable = account.options.get("key_env")
        return State.UNSET, f"The environment variable {variable} is not set." if variable else "It needs a key."
    if account.monthly_cap is not None and spent.cost >= account.monthly_cap:
        return State.LIMIT, f"Your stop of {account.monthly_cap:.2f} is reached; jobs wait."
    seen = studio.library.settings.get(_SEEN, {}).get(account.name)
    if seen is None:
        return State.NEW, ""
    return _OF_KIND.get(seen["kind"], State.SILENT), seen["sentence"]
