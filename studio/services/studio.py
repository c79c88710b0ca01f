"""The rooms of one home, opened together. The window and the command line both begin here."""

from __future__ import annotations

from dataclasses import dataclass

from studio.library import Home, Library
from studio.models import ModelStore

from .accounts import Accounts
from .engine_pool import EnginePool
from .talkers import Talkers


@dataclass(frozen=True, slots=True)
class Studio:
    home: Home
    library: Library
    models: ModelStore
    engines: EnginePool
    accounts: Accounts
    talkers: Talkers

    @staticmethod
    def open(home: Home | None = None) -> Studio:
        """Raises StorageError when the home cannot be used."""
        home = home or Home.default()
        library = Library(home)
        models = ModelStore(home.models)
        return Studio(home, library, models, EnginePool(), Accounts(library), Talkers(models))

    def close(self) -> None:
        self.engines.close()
        self.talkers.close()
        self.library.close()
