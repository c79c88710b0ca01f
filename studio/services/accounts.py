"""Accounts at vendors: adding, testing and removing them, and talking to their vendors. Any thread."""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from studio.core.accounts import Account, RemoteModel, VendorInfo
from studio.core.errors import AccountError, AuthError, StorageError, UsageError
from studio.core.jobs import StopToken
from studio.engines.remote import vendors
from studio.engines.remote.base import Kept, Vendor
from studio.engines.remote.line import Line, Pace, Shared, check_address
from studio.library import Library, Place

_NAME = re.compile(r"[^\s/:\\]([^/:\\\n]{0,38}[^\s/:\\])?")
_LOOK_EVERY = 0.1  # seconds
T = TypeVar("T")
Way = Literal["encrypted", "open", "here"]


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of trying an account: a sentence, and how long the answer took (milliseconds)."""

    sentence: str
    took: int
    models: tuple[RemoteModel, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """An account that jobs can be sent to, and what its vendor offers."""

    account: Account
    info: VendorInfo
    models: tuple[RemoteModel, ...]

    def model(self, id: str) -> RemoteModel:
        """The model of that id, "" for the account's own."""
        wanted = id or self.account.model
        return next((m for m in self.models if not wanted or m.id == wanted), RemoteModel(wanted))


class Accounts:
    """The accounts of one library. What all connections of an account share (a cool-down) lives here."""

    def __init__(self, library: Library, pace: Pace | None = None) -> None:
        self._library, self._pace = library, pace
        self._shared: dict[str, Shared] = {}
        self._turns: dict[str, threading.Semaphore] = {}
        self._guard = threading.Lock()  # of both

    def all(self) -> list[Account]:
        return self._library.accounts.all()

    def get(self, name: str) -> Account:
        """Raises UsageError where there is none of this name."""
        account = self._library.accounts.get(name)
        if account is None:
            known = ", ".join(a.name for a in self.all())
            raise UsageError(
                f"There is no account “{name}”.",
                f"Choose one of: {known}." if known else "Add it: studio backends add.",
            )
        return account

    def usable(self, name: str) -> Account:
        """The account, if jobs may be sent to it. Raises AccountError with the reason and the way out."""
        account = self._library.accounts.get(name)
        if account is None:
            raise AccountError(f"There is no account “{name}”.", "Add it in Engines and accounts.")
        if account.kind not in vendors():
            raise AccountError(
                f"The package that knows the vendor of “{name}” is not installed any more.", "Install it again."
            )
        if not account.enabled:
            raise AccountError(f"The account “{name}” is switched off.", "Switch it on in Engines and accounts.")
        if not account.agreed:
            raise AccountError(
                f"Nobody has agreed yet that sound goes to {host_of(account)}.", "Agree to it in Engines and accounts."
            )
        return account

    def key(self, account: Account) -> str:
        """Raises AuthError where there is none but must be one, or where it cannot be had now."""
        variable = account.options.get("key_env", "")
        try:
            key = self._library.secrets.get(account.name, variable)
        except StorageError as error:
            raise AuthError(error.problem.what, error.problem.hint, error.problem.detail) from error
        if not key and kind(account.kind).info.key_needed:
            if variable:
                raise AuthError(
                    f"The environment variable {variable} with the key of “{account.name}” is not set.",
                    "Set it and start the program from there.",
                )
            raise AuthError(f"“{account.name}” has no key.", "Paste one in Engines and accounts.")
        return key

    def put(self, account: Account, key: str | None = None, place: Place = "keyring") -> Account:
        """Add an account or change it, with its key if one is given. Raises UsageError for what cannot work."""
        if not _NAME.fullmatch(account.name):
            raise UsageError(f"“{account.name}” cannot be the name of an account.", "Use up to 40 letters and digits.")
        info = kind(account.kind).info
        if not (account.url or info.url):
            raise UsageError(f"{info.title} needs the address of the server.", "For example https://example.com/v1.")
        check_address(account, account.url or info.url)
        _check_numbers(account)
        before = self._library.accounts.get(account.name)
        if before and (before.url, before.kind) != (account.url, account.kind):
            account = replace(account, agreed=False)  # the sound goes elsewhere now
        if key:
            self._library.secrets.put(account.name, key, place)
        self._library.accounts.put(account)
        with self._guard:
            self._turns.pop(account.name, None)  # it may take more or fewer at once now
        return account

    def remove_key(self, name: str) -> None:
        """Forget the key of an account, wherever it is kept; what an environment variable holds stays there."""
        account = self.get(name)
        self._library.secrets.remove(name)
        options = {option: value for option, value in account.options.items() if option != "key_env"}
        self._library.accounts.put(replace(account, options=options))

    def remove(self, name: str) -> None:
        """Forget an account and its key; what was paid stays known."""
        account = self.get(name)
        self._library.secrets.remove(account.name)
        self._library.accounts.remove(name)

    def agree(self, name: str) -> Account:
        """The user was told where the sound goes, and said yes."""
        account = replace(self.get(name), agreed=True)
        self._library.accounts.put(account)
        return account

    def models(self, account: Account) -> tuple[RemoteModel, ...]:
        """What the vendor offers, as it told last; where it was never asked, what is known without asking."""
        return self._library.accounts.models(account.name) or kind(account.kind).info.models

    def model(self, account: Account, id: str = "") -> RemoteModel:
        """The model of that id, the account's own or the vendor's first. One that is not listed may exist."""
        listed = self.models(account)
        wanted = id or account.model or (listed[0].id if listed else "")
        if not wanted:
            raise UsageError(f"“{account.name}” needs the name of a model.", "Choose one in its account.")
        return next((m for m in listed if m.id == wanted), RemoteModel(wanted))

    def offers(self) -> list[Offer]:
        """Where the next job may be done besides this computer."""
        known, found = vendors(), list[Offer]()
        for account in self.all():
            if account.enabled and account.kind in known:
                models = self.models(account)
                if account.model and account.model not in (m.id for m in models):
                    models = (RemoteModel(account.model), *models)
                found.append(Offer(account, known[account.kind].info, models))
        return found

    def test(self, name: str, stop: StopToken | None = None) -> Tested:
        """Try the account without sending sound, and ask what it offers. Raises RemoteError with the reason."""
        account = self.get(name)
        with self.open(account, stop or StopToken()) as vendor:
            began = time.monotonic()
            sentence = _result(vendor.check())
            took = round((time.monotonic() - began) * 1000)
            found = _result(vendor.models())
        self._library.accounts.set_models(name, found)
        return Tested(sentence, took, found)

    def kept(self, name: str) -> tuple[Kept, ...]:
        """The transcripts that the vendor keeps. Raises UsageError for a vendor that keeps none, RemoteError."""
        with self._archive(name) as vendor:
            return _result(vendor.kept())

    def exported(self, name: str, id: str, ending: str) -> bytes:
        """The file of one of them, with an ending like "srt". Raises like `kept`."""
        with self._archive(name) as vendor:
            return _result(vendor.export(id, ending))

    def usage(self, name: str) -> tuple[Mapping[str, object], ...]:
        """What was used day by day, as the vendor tells it. Raises like `kept`."""
        with self._archive(name) as vendor:
            return _result(vendor.usage())

    @contextmanager
    def _archive(self, name: str) -> Iterator[Vendor]:
        account = self.get(name)
        if not kind(account.kind).exports:
            title = kind(account.kind).info.title
            raise UsageError(f"{title} keeps no transcripts that could be asked for.", "Ask an account at STT.ai.")
        with self.open(account, StopToken()) as vendor:
            yield vendor

    @contextmanager
    def open(self, account: Account, stop: StopToken) -> Iterator[Vendor]:
        """A connection to the account's vendor, for this thread, closed at the end of the block."""
        made_by = kind(account.kind)
        with self._guard:
            shared = self._shared.setdefault(account.name, Shared())
        line = Line(account, account.url or made_by.info.url, made_by.info.title, stop, shared, self._pace)
        try:
            yield made_by(account, self.key(account), line)
        finally:
            line.close()

    @contextmanager
    def turn(self, account: Account, vendor: Vendor, stop: StopToken) -> Iterator[None]:
        """One of the orders that may be under way at this account, of all its jobs. Raises Stopped while it waits."""
        with self._guard:
            turns = self._turns.setdefault(account.name, threading.Semaphore(at_once(account, vendor)))
        while not turns.acquire(timeout=_LOOK_EVERY):
            stop.check()
        try:
            yield
        finally:
            turns.release()


def _check_numbers(account: Account) -> None:
    if account.at_once < 1:
        raise UsageError("At least one job must be allowed at the same time.", "Say 1 or more.")
    for what, number in (
        ("price of a minute", account.price),
        ("sum above which to ask", account.ask_above),
        ("stop of a month", account.monthly_cap),
    ):
        if number is not None and not 0 <= number < math.inf:
            raise UsageError(f"The {what} cannot be {number:g}.", "Give a number from 0 on, or none.")


def kind(name: str) -> type[Vendor]:
    """Raises UsageError for a kind of vendor that is not known."""
    known = vendors()
    if name not in known:
        raise UsageError(
            f"There is no kind of back end called “{name}”.", f"Choose one of: {', '.join(sorted(known))}."
        )
    return known[name]


def kinds() -> list[VendorInfo]:
    """All kinds of vendors, in the order of their names."""
    return sorted((vendor.info for vendor in vendors().values()), key=lambda info: info.title.lower())


def at_once(account: Account, vendor: Vendor) -> int:
    """How many orders may be under way: what the user has set, and no more than the vendor takes."""
    return max(1, min(account.at_once, vendor.limits(account.model).at_once or account.at_once))


def host_of(account: Account) -> str:
    """Who gets the sound."""
    vendor = kind(account.kind)
    return check_address(account, account.url).host if account.url else vendor.info.host


def way(account: Account) -> Way:
    """How the sound travels: encrypted, open to who listens in, or not out of this computer."""
    address = account.url or kind(account.kind).info.url
    if address.startswith("https"):
        return "encrypted"
    try:
        check_address(replace(account, insecure=False), address)
    except UsageError:
        return "open"
    return "here"


def notice(account: Account) -> str:
    """Where the sound goes and how long it stays there: to be read before anything is sent."""
    info = kind(account.kind).info
    said = f"The sound of your recordings goes to {host_of(account)} ({info.title}). {info.retention}"
    return f"{said} {info.note}".strip()


def _result(steps: Generator[object, None, T]) -> T:
    """What a conversation comes to; nobody watches its steps."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
