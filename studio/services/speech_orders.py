"""Texts spoken by vendors: each stored before it is sent, and never ordered twice without the user's word.

Worker threads. The same text in the same voice has the same fingerprint, whatever the account is called: what was paid
for once is read from its stored reply, without key or network. What was under way when the program ended is asked
after. Two who want the same at the same time, be it in two programs, order it once.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from studio import media
from studio.core.accounts import Account, SpeechLimits
from studio.core.errors import BadResponse, JobFailed, MediaError, UsageError
from studio.core.jobs import StopToken
from studio.core.languages import LANGUAGES
from studio.core.speaking import Voice
from studio.engines.remote.errors import bad_response
from studio.engines.remote.service import Sound
from studio.engines.remote.speaking.base import Speech, TextOrder
from studio.library import SPEECH, Clone, Ordered, Spent

from . import accounts, money, single_orders
from .sending import asks_always
from .single_orders import Told
from .studio import Studio

_CLONE = "clone-"
_SHOWN = 60  # characters of a text by which an order is known


@dataclass(frozen=True, slots=True)
class Plan:
    """Texts that are to be spoken by one account, without those whose sound is there already."""

    account: Account
    count: int
    characters: int
    cost: float | None  # None: no price is entered
    spent: Spent
    dear: bool  # together they cost more than the user wants to spend unasked
    over: bool  # they would pass the month's stop
    ask: bool


@dataclass(frozen=True, slots=True)
class _Wish:
    account: Account
    voice: str  # the vendor's own name
    text: str
    language: str | None
    clone: Clone | None
    fingerprint: str


def voices(studio: Studio) -> tuple[Voice, ...]:
    """All that the accounts which are switched on can speak in."""
    found: list[Voice] = []
    infos = accounts.infos()
    for account in studio.accounts.all():
        info = infos.get(account.kind)
        if account.enabled and info and info.speaks:
            found += [
                Voice(f"@{account.name}/{v.id}", v.title or v.id, v.languages, info.title, v.gender)
                for v in studio.accounts.voices(account)
            ]
            clones = (clone for clone in studio.library.clones.all() if clone.account == account.name)
            found += [Voice(clone_voice(clone), clone.title, (), info.title) for clone in clones]
    return tuple(found)


def clone_voice(clone: Clone) -> str:
    """The id of a voice made from a recording."""
    return f"@{clone.account}/{_CLONE}{clone.id}"


def split(id: str) -> tuple[str, str]:
    """Account and the vendor's own name of a voice "@ACCOUNT/NAME". Raises UsageError for another."""
    account, slash, name = id.removeprefix("@").partition("/")
    if not (id.startswith("@") and account and slash and name):
        raise UsageError(f"“{id}” is not a voice at a vendor.", "Give one like @ACCOUNT/NAME.")
    return account, name


def limits(studio: Studio, account: str, voice: str) -> SpeechLimits:
    """What one order may hold; a longer text is the caller's to cut. Raises UsageError."""
    known = studio.accounts.get(account)
    return accounts.speaking_kind(known.kind).limits(known, voice)


def fingerprint(studio: Studio, account: str, voice: str, text: str, language: str | None) -> str:
    """The same for the same sound, whatever the account is called. Raises UsageError."""
    return _wish(studio, account, voice, text, language).fingerprint


def plan(studio: Studio, account: str, voice: str, texts: Iterable[str], language: str | None) -> Plan:
    """What it would cost to have these spoken, and whether the user has to be asked before. Raises UsageError."""
    return plan_all(studio, account, ((voice, text, language) for text in texts))


def plan_all(studio: Studio, account: str, lines: Iterable[tuple[str, str, str | None]]) -> Plan:
    """The same of several voices of one account: voice, text and its language."""
    known = studio.accounts.get(account)
    wishes = {w.fingerprint: w for line in lines for w in [_wish(studio, account, *line)]}
    fresh = [w for w in wishes.values() if not _is_there(studio, w)]
    characters = sum(len(w.text) for w in fresh)
    cost, spent = money.speech_cost(known, characters), money.spent(studio, known)
    dear = known.ask_above is not None and (cost or 0.0) > known.ask_above
    over = known.monthly_cap is not None and spent.cost + (cost or 0.0) > known.monthly_cap
    ask = bool(fresh) and (dear or over or asks_always(studio))
    return Plan(known, len(fresh), characters, cost, spent, dear, over, ask)


def order(
    studio: Studio,
    account: str,
    voice: str,
    text: str,
    language: str | None,
    stop: StopToken,
    *,
    again: bool = False,
) -> Iterator[Told | Speech]:
    """Have a text spoken; ends with its sound, which is never more than one order's worth (see `limits`).

    `again`: the user wants anew what has failed, and what may have arrived and may be charged twice. Without that, such
    an order raises what it ended with. A stop to PAUSE or QUIT leaves an order to be taken up by the next call, one to
    CANCEL has the vendor drop it. Raises RemoteError, UsageError, StorageError, Stopped.
    """
    wish = _wish(studio, account, voice, text, language)
    with single_orders.alone(studio, wish.fingerprint, stop):
        given = single_orders.take_up(studio, wish.account, wish.fingerprint, again) or _add(studio, wish)
        with _text_order(wish, given.uid) as asked:
            if studio.library.orders.reply(given.uid) is None:
                known = studio.accounts.speaks(given.account)
                yield from single_orders.carry_out(studio, known, studio.accounts.speaking, asked, given, stop)
            speech = _read(studio, given, asked)
    yield speech


def _wish(studio: Studio, name: str, voice: str, text: str, language: str | None) -> _Wish:
    account = studio.accounts.get(name)
    kind = accounts.speaking_kind(account.kind)
    said = text.strip()
    if not said:
        raise UsageError("There is nothing to say.", "Give a text with words in it.")
    clone = _clone(studio, account, voice)
    known = next((v for v in studio.accounts.voices(account) if v.id == voice), None)
    if language and known and known.languages and language not in known.languages:
        spoken = ", ".join(LANGUAGES.get(code, code) for code in known.languages)
        raise UsageError(
            f"“{known.title or known.id}” does not speak {LANGUAGES.get(language, language)}.", f"It speaks {spoken}."
        )
    whole = {
        "kind": account.kind,
        "url": (account.url or kind.info.url).rstrip("/"),
        "voice": hashlib.sha256(clone.reference).hexdigest() if clone else voice,
        "shape": kind.shape(account),
        "language": language,
        "text": said,
    }
    digest = hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
    return _Wish(account, voice, said, language, clone, digest)


def _clone(studio: Studio, account: Account, voice: str) -> Clone | None:
    """The voice made from a recording that is asked for; None for a voice of the vendor's."""
    if not accounts.speaking_kind(account.kind).clones:
        return None
    number = voice.removeprefix(_CLONE)
    found = studio.library.clones.get(int(number)) if number.isascii() and number.isdigit() else None
    if found is None or found.account != account.name:
        raise UsageError(
            "For this voice no consent is recorded, so it cannot be used.",
            "Make it anew from a recording, with the consent of who is heard.",
        )
    return found


def _is_there(studio: Studio, wish: _Wish) -> bool:
    known = studio.library.orders.find(wish.fingerprint, wish.account.name)
    return known is not None and known.ended in (None, "done") and studio.library.orders.reply(known.uid) is not None


def _add(studio: Studio, wish: _Wish) -> Ordered:
    account = studio.accounts.speaks(wish.account.name)
    characters = len(wish.text)
    name = wish.text if characters <= _SHOWN else f"{wish.text[: _SHOWN - 1].rstrip()}…"
    cost = money.speech_cost(account, characters)
    return studio.library.orders.add(SPEECH, wish.fingerprint, account.name, account.kind, characters, name, cost)


@contextmanager
def _text_order(wish: _Wish, uid: str) -> Iterator[TextOrder]:
    if wish.clone is None:
        yield TextOrder(wish.text, uid, wish.voice, wish.language)
        return
    with tempfile.TemporaryDirectory(prefix="studio-") as folder:
        path = Path(folder) / "voice.wav"
        path.write_bytes(wish.clone.reference)
        reference = Sound(path, f"{uid[:12]}.wav", "audio/wav", wish.clone.end - wish.clone.start)
        yield TextOrder(wish.text, uid, wish.voice, wish.language, reference)


def _read(studio: Studio, given: Ordered, asked: TextOrder) -> Speech:
    """What the stored reply says; the first time it is also decoded, so that what is kept can be heard."""
    orders = studio.library.orders
    try:
        speech = accounts.speaking_kind(given.vendor).read(orders.reply(given.uid) or b"", asked)
        if given.ended is None:
            _decode(speech, accounts.info_of(given.vendor).title)
    except (BadResponse, JobFailed) as error:
        orders.end(given.uid, "failed", error.problem)
        raise
    if given.ended is None:
        orders.end(given.uid, "done")
    return speech


def _decode(speech: Speech, title: str) -> None:
    try:
        media.read_sound(speech.sound)
    except MediaError as error:
        raise bad_response(title, "sound that cannot be decoded", error.problem.detail) from error
