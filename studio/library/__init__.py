"""What the program remembers: jobs, transcripts, edits and settings, in one SQLite file."""

from __future__ import annotations

from .accounts import AccountStore
from .casting import CastingStore
from .clones import Clone, CloneStore
from .database import Database, leave_thread, outdated
from .home import Home
from .jobs import JobStore
from .orders import SOUND, SPEECH, Ordered, OrderStore
from .pending import Pending
from .presence import Presence
from .search import Hit, Search
from .secrets import Place, Secrets
from .settings import Settings
from .spoken import SpokenStore
from .submissions import Spent, Submission, SubmissionStore
from .tidy import tidy
from .transcripts import TranscriptStore
from .versions import Version, VersionStore
from .voices import KnownVoice, VoiceStore


class Library:
    """The stores of one home, over one database. Usable from any thread."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.database = Database(home.database)
        self.presence = Presence(home.run)
        self.jobs = JobStore(self.database, self.presence)
        self.pending = Pending(self.database)
        self.transcripts = TranscriptStore(self.database, self.pending)
        self.search = Search(self.database, self.pending)
        self.versions = VersionStore(self.database)
        self.settings = Settings(self.database)
        self.voices = VoiceStore(self.database)
        self.accounts = AccountStore(self.database)
        self.submissions = SubmissionStore(self.database)
        self.orders = OrderStore(self.database, home.replies)
        self.clones = CloneStore(self.database)
        self.secrets = Secrets(home.keys)
        self.spoken = SpokenStore(home.spoken)
        self.casting = CastingStore(self.database)
        self.jobs.recover()
        tidy(home, self.database)

    def close(self) -> None:
        self.presence.close()
        self.database.close()


__all__ = [
    "SOUND",
    "SPEECH",
    "AccountStore",
    "CastingStore",
    "Clone",
    "CloneStore",
    "Hit",
    "Home",
    "JobStore",
    "KnownVoice",
    "Library",
    "OrderStore",
    "Ordered",
    "Pending",
    "Place",
    "Search",
    "Secrets",
    "Settings",
    "Spent",
    "SpokenStore",
    "Submission",
    "SubmissionStore",
    "TranscriptStore",
    "Version",
    "VersionStore",
    "VoiceStore",
    "leave_thread",
    "outdated",
]
