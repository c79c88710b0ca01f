"""The rooms of one home, opened together. The window and the command line both begin here."""

from __future__ import annotations

from dataclasses import dataclass

from studio.library import Home, Library
from studio.models import ModelStore

from .accounts import Accounts
from .engine_pool import EnginePool


@dataclass(frozen=True, slots=True)
class Studio:
    home: Home
    library: Library
    models: ModelStore
    engines: EnginePool
    accounts: Accounts

    @staticmethod
    def open(home: Home | None = None) -> Studio:
        """Raises StorageError when the home cannot be used."""
        home = home or Home.default()
        library = Library(home)
        return Studio(home, library, ModelStore(home.models), EnginePool(), Accounts(library))

    def close(self) -> None:
        self.engines.close()
        self.library.close()
