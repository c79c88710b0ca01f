"""Accounts at vendors: adding, testing and removing them, and talking to their vendors. Any thread."""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from studio.core.accounts import Account, RemoteModel, RemoteVoice, VendorInfo
from studio.core.errors import AccountError, AuthError, StorageError, UsageError
from studio.core.jobs import StopToken
from studio.engines.remote import vendors
from studio.engines.remote.base import Kept, Vendor
from studio.engines.remote.cleaning import SttAiCleaning, cleaning_vendors
from studio.engines.remote.line import Line, Pace, Shared, check_address
from studio.engines.remote.service import Service
from studio.engines.remote.speaking import speaking_vendors
from studio.engines.remote.speaking.base import SpeakingVendor
from studio.library import Library, Place

_NAME = re.compile(r"[^\s/:\\]([^/:\\\n]{0,38}[^\s/:\\])?")
_LOOK_EVERY = 0.1  # seconds
T = TypeVar("T")
S = TypeVar("S", bound=Service[Any])
Way = Literal["encrypted", "open", "here"]


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of trying an account: a sentence, and how long the answer took (milliseconds)."""

    sentence: str
    took: int
    models: tuple[RemoteModel, ...]
    voices: tuple[RemoteVoice, ...] = ()


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
        """The account, if jobs may be sent to it. Raises AccountError with the reason, UsageError."""
        account = self._switched_on(name)
        kind(account.kind)
        return _agreed(account, account.agreed, "sound")

    def speaks(self, name: str) -> Account:
        """The account, if texts may be sent to it to be spoken. Raises AccountError with the reason, UsageError."""
        account = self._switched_on(name)
        speaking_kind(account.kind)
        return _agreed(account, account.text_agreed, "text")

    def cleans(self, name: str) -> Account:
        """The account, if sound may be sent to it to be cleaned. Raises AccountError with the reason, UsageError."""
        account = self._switched_on(name)
        cleaning_kind(account.kind)
        return _agreed(account, account.agreed, "sound")

    def _switched_on(self, name: str) -> Account:
        account = self._library.accounts.get(name)
        if account is None:
            raise AccountError(f"There is no account “{name}”.", "Add it in Engines and accounts.")
        if account.kind not in infos():
            raise AccountError(
                f"The package that knows the vendor of “{name}” is not installed any more.", "Install it again."
            )
        if not account.enabled:
            raise AccountError(f"The account “{name}” is switched off.", "Switch it on in Engines and accounts.")
        return account

    def key(self, account: Account) -> str:
        """Raises AuthError where there is none but must be one, or where it cannot be had now."""
        variable = account.options.get("key_env", "")
        try:
            key = self._library.secrets.get(account.name, variable)
        except StorageError as error:
            raise AuthError(error.problem.what, error.problem.hint, error.problem.detail) from error
        if not key and info_of(account.kind).key_needed:
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
        info = info_of(account.kind)
        if not (account.url or info.url):
            raise UsageError(f"{info.title} needs the address of the server.", "For example https://example.com/v1.")
        check_address(account, account.url or info.url)
        _check_numbers(account)
        before = self._library.accounts.get(account.name)
        if before and (before.url, before.kind) != (account.url, account.kind):
            account = replace(account, agreed=False, text_agreed=False)  # all goes elsewhere now
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
        """The user was told where sound and text go (see `notice`), and said yes."""
        account = replace(self.get(name), agreed=True, text_agreed=True)
        self._library.accounts.put(account)
        return account

    def models(self, account: Account) -> tuple[RemoteModel, ...]:
        """What the vendor offers, as it told last; where it was never asked, what is known without asking."""
        return self._library.accounts.models(account.name) or info_of(account.kind).models

    def model(self, account: Account, id: str = "") -> RemoteModel:
        """The model of that id, the account's own or the vendor's first. One that is not listed may exist."""
        listed = self.models(account)
        wanted = id or account.model or (listed[0].id if listed else "")
        if not wanted:
            raise UsageError(f"“{account.name}” needs the name of a model.", "Choose one in its account.")
        return next((m for m in listed if m.id == wanted), RemoteModel(wanted))

    def voices(self, account: Account) -> tuple[RemoteVoice, ...]:
        """In which it speaks, as its vendor told last; where it was never asked, what is known without asking."""
        return self._library.accounts.voices(account.name) or speaking_kind(account.kind).known

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
        """Try the account without sending anything, and ask what it offers. Raises RemoteError with the reason."""
        account, stop = self.get(name), stop or StopToken()
        info = info_of(account.kind)
        sentence, took = "", 0
        models, voices = tuple[RemoteModel, ...](), tuple[RemoteVoice, ...]()
        if info.hears:
            with self.open(account, stop) as vendor:
                sentence, took = _tried(vendor)
                models = _result(vendor.models())
            self._library.accounts.set_models(name, models)
        if info.speaks:
            with self.speaking(account, stop) as speaking:
                if not sentence:
                    sentence, took = _tried(speaking)
                voices = _result(speaking.voices())
            self._library.accounts.set_voices(name, voices)
        return Tested(sentence, took, models, voices)

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
        vendor_kind = vendors().get(account.kind)
        if not (vendor_kind and vendor_kind.exports):
            title = info_of(account.kind).title
            raise UsageError(f"{title} keeps no transcripts that could be asked for.", "Ask an account at STT.ai.")
        with self.open(account, StopToken()) as vendor:
            yield vendor

    def open(self, account: Account, stop: StopToken) -> AbstractContextManager[Vendor]:
        """A connection to the account's vendor, for this thread, closed at the end of the block."""
        return self._open(kind(account.kind), account, stop)

    def speaking(self, account: Account, stop: StopToken) -> AbstractContextManager[SpeakingVendor]:
        """The same, to have texts spoken."""
        return self._open(speaking_kind(account.kind), account, stop)

    def cleaning(self, account: Account, stop: StopToken) -> AbstractContextManager[SttAiCleaning]:
        """The same, to have sound cleaned."""
        return self._open(cleaning_kind(account.kind), account, stop)

    @contextmanager
    def _open(self, made_by: type[S], account: Account, stop: StopToken) -> Iterator[S]:
        with self._guard:
            shared = self._shared.setdefault(account.name, Shared())
        line = Line(account, account.url or made_by.info.url, made_by.info.title, stop, shared, self._pace)
        try:
            yield made_by(account, self.key(account), line)
        finally:
            line.close()

    @contextmanager
    def turn(self, account: Account, vendor: Service[Any], stop: StopToken) -> Iterator[None]:
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
        ("price of 1,000 characters", account.speech_price),
        ("sum above which to ask", account.ask_above),
        ("stop of a month", account.monthly_cap),
    ):
        if number is not None and not 0 <= number < math.inf:
            raise UsageError(f"The {what} cannot be {number:g}.", "Give a number from 0 on, or none.")


def infos() -> dict[str, VendorInfo]:
    """All kinds of vendors, and what can be had there."""
    hearing, speaking, cleaning = vendors(), speaking_vendors(), cleaning_vendors()
    found = {}
    for name in {**hearing, **speaking}:
        of_both = [each.info for each in (hearing.get(name), speaking.get(name)) if each]
        switches = {switch: does for info in of_both for switch, does in info.switches.items()}
        found[name] = replace(
            of_both[0], switches=switches, hears=name in hearing, speaks=name in speaking, cleans=name in cleaning
        )
    return found


def info_of(name: str) -> VendorInfo:
    """Raises UsageError for a kind of vendor that is not known."""
    return _known(name, infos(), "There is no kind of back end called “{}”.")


def kind(name: str) -> type[Vendor]:
    """Who writes down what is said. Raises UsageError for a kind of vendor that is not known or cannot do it."""
    return _known(name, vendors(), "No back end called “{}” turns sound into text.")


def speaking_kind(name: str) -> type[SpeakingVendor]:
    """Who speaks. Raises UsageError for a kind of vendor that is not known or cannot do it."""
    return _known(name, speaking_vendors(), "No back end called “{}” turns text into sound.")


def cleaning_kind(name: str) -> type[SttAiCleaning]:
    """Who takes noise out of sound. Raises UsageError like the others."""
    return _known(name, cleaning_vendors(), "No back end called “{}” takes the noise out of sound.")


def _known(name: str, known: Mapping[str, T], lacking: str) -> T:
    if name not in known:
        raise UsageError(lacking.format(name), f"Choose one of: {', '.join(sorted(known))}.")
    return known[name]


def kinds() -> list[VendorInfo]:
    """All kinds of vendors, in the order of their names."""
    return sorted(infos().values(), key=lambda info: info.title.lower())


def at_once(account: Account, vendor: Service[Any]) -> int:
    """How many orders may be under way: what the user has set, and no more than the vendor takes."""
    return max(1, min(account.at_once, vendor.at_once or account.at_once))


def host_of(account: Account) -> str:
    """Who gets the sound, and the text."""
    return check_address(account, account.url).host if account.url else info_of(account.kind).host


def way(account: Account) -> Way:
    """How the sound travels: encrypted, open to who listens in, or not out of this computer."""
    address = account.url or info_of(account.kind).url
    if address.startswith("https"):
        return "encrypted"
    try:
        check_address(replace(account, insecure=False), address)
    except UsageError:
        return "open"
    return "here"


def notice(account: Account) -> str:
    """Where sound and text go and how long they stay there: to be read before anything is sent."""
    info = info_of(account.kind)
    there = f"goes to {host_of(account)} ({info.title})."
    said = []
    if info.hears:
        said.append(f"The sound of your recordings {there}")
    if info.speaks:
        again = f"goes to {host_of(account)} as well." if info.hears else there
        said.append(f"The text that you have spoken in its voices {again}")
    return " ".join(filter(None, (*said, info.retention, info.note)))


def _agreed(account: Account, agreed: bool, what: str) -> Account:
    if not agreed:
        raise AccountError(
            f"Nobody has agreed yet that {what} goes to {host_of(account)}.", "Agree to it in Engines and accounts."
        )
    return account


def _tried(vendor: Service[Any]) -> tuple[str, int]:
    """What it says about the account, and how long the answer took."""
    began = time.monotonic()
    return _result(vendor.check()), round((time.monotonic() - began) * 1000)


def _result(steps: Generator[object, None, T]) -> T:
    """What a conversation comes to; nobody watches its steps."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
