"""Accounts at vendors, and what a vendor can do. Values only: keys are never in here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Account:
    """One way to have work done elsewhere: a vendor, where it is reached, and the limits the user has set."""

    name: str  # unique; what the user calls it
    kind: str  # "prosa", "openai", ...: see engines.remote.VENDORS
    url: str = ""  # base address; "": the vendor's own
    model: str = ""  # "": the vendor's default
    tier: str = ""  # which of the vendor's limits apply; "": its default
    price: float | None = None  # per minute of sound, in the user's currency, who says it: vendors change prices
    speech_price: float | None = None  # per 1,000 characters of text to be spoken
    ask_above: float | None = None  # ask before one recording, or one text, that costs more
    monthly_cap: float | None = None  # then jobs wait
    at_once: int = 2  # jobs at the same time
    random_names: bool = True  # send a random file name instead of the real one
    insecure: bool = False  # allow plain http to another computer
    certificates: str = ""  # a file with the certificates of a private authority
    agreed: bool = False  # the user was told where the sound goes, and said yes
    text_agreed: bool = False  # the same of text to be spoken
    enabled: bool = True
    options: Mapping[str, str] = field(default_factory=dict)  # switches of this kind of vendor


@dataclass(frozen=True, slots=True)
class RemoteModel:
    id: str
    title: str = ""
    languages: tuple[str, ...] | None = None  # ISO 639-1; None: not stated
    speakers: bool = True  # can tell speakers apart
    word_times: bool = True
    times: bool = True  # False: plain text only, nothing for subtitles


@dataclass(frozen=True, slots=True)
class RemoteVoice:
    """A voice at a vendor; `id` is the vendor's own name for it."""

    id: str
    title: str = ""
    languages: tuple[str, ...] = ()  # ISO 639-1; empty: any, or not stated
    gender: str = ""  # "female", "male" or ""


@dataclass(frozen=True, slots=True)
class SpeechLimits:
    """What one order of speech may hold. None: no limit is known."""

    characters: int | None = None  # Unicode code points


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may hold. None: no limit is known."""

    bytes: int | None = None  # of the encoded sound, after what the request's own form takes
    duration: int | None = None  # milliseconds
    part: int | None = None  # milliseconds; what is longer than two of these is better sent in such parts
    formats: tuple[str, ...] = ("opus",)  # how sound may be sent, the preferred first: "opus", "mp3", "flac", "wav"
    at_once: int | None = None  # requests at the same time


@dataclass(frozen=True, slots=True)
class VendorInfo:
    """What can be told about a kind of vendor without asking it."""

    kind: str
    title: str  # "Prosa.ai"
    host: str  # who gets the sound, as documented; "": the server that the user names
    url: str  # the documented base address; "": must be given
    website: str
    retention: str  # one sentence: how long the sound and the text are kept
    models: tuple[RemoteModel, ...]  # known without asking, the default first
    key_needed: bool = True
    translates: bool = False  # can write English from speech of another language
    resumes: bool = True  # a job goes on by its id after a restart; False: one long request
    cancels: bool = False  # the vendor can be told to stop
    tiers: tuple[str, ...] = ()
    switches: Mapping[str, str] = field(default_factory=dict)  # account options: name -> what it does, one line
    note: str = ""  # one sentence the user should know before choosing it
    hears: bool = True  # turns sound into text
    speaks: bool = False  # turns text into sound
    cleans: bool = False  # takes noise out of sound
