"""The voices of this computer: what there is, fetching it, and the engines that speak, kept alive until the end.

Any thread may ask. Voices at vendors are not here.
"""

from __future__ import annotations

import importlib.metadata
import threading
from collections.abc import Callable, Iterator
from difflib import get_close_matches

from studio.core.errors import UsageError
from studio.core.jobs import StopToken
from studio.core.languages import LANGUAGES
from studio.core.speaking import Voice
from studio.engines.base import Talker
from studio.engines.local import espeak, hibari, kokoro
from studio.engines.local.talking import ChildTalker
from studio.models import ModelStore, PullProgress, catalogue

DEFAULT = "hibari/heart"  # comes with the installation


class Talkers:
    """One engine of each kind, started when first asked for."""

    def __init__(self, models: ModelStore) -> None:
        self._models = models
        self._guard = threading.Lock()
        self._talkers: dict[str, Talker] = {}
        self._kinds: dict[str, Callable[[], Talker]] = {
            "hibari": lambda: hibari.Hibari(models.path),
            "kokoro": lambda: kokoro.Kokoro(models.path(kokoro.MODEL), models.path(kokoro.VOICES_MODEL)),
            espeak.PROGRAM: espeak.Espeak,
        }

    def voices(self, language: str | None = None) -> tuple[Voice, ...]:
        """Those that speak `language`, the default first; with those that must be fetched before they speak."""
        found = (*hibari.voices(), *kokoro.voices(), *espeak.voices())
        return tuple(voice for voice in found if voice.speaks(language))

    def voice(self, id: str) -> Voice:
        """Raises UsageError with the nearest known ids."""
        known = {voice.id: voice for voice in self.voices()}
        if id in known:
            return known[id]
        if id.startswith(f"{espeak.PROGRAM}/") and not espeak.installed():
            raise UsageError(espeak.MISSING, espeak.INSTALL)
        near = [k for k in known if k.endswith(f"/{id}")] or get_close_matches(id, known, n=3, cutoff=0.4)
        hint = f"Did you mean {' or '.join(near[:3])}?" if near else "See them with: studio voices"
        raise UsageError(f"There is no voice “{id}”.", hint)

    def check(self, voice: Voice, language: str | None) -> None:
        """Raises UsageError, which names voices that can, where this one does not speak the language."""
        if voice.speaks(language):
            return
        assert language is not None
        name = LANGUAGES.get(language, language)
        others = [v.id for v in self.voices(language)][:3]
        hint = f"Take {' or '.join(others)}." if others else f"No voice on this computer does. {self._more()}"
        raise UsageError(f"The voice “{voice.title}” does not speak {name}.", hint.strip())

    def talker(self, voice: Voice) -> Talker:
        """`talker.say(text, name_of(voice), language, stop)`. The voice must be `ready`."""
        kind = voice.id.partition("/")[0]
        with self._guard:
            if kind not in self._talkers:
                self._talkers[kind] = self._kinds[kind]()
            return self._talkers[kind]

    def warm(self, voice: Voice, language: str | None = None) -> None:
        """Loads what the first sentence would have to wait for; returns at once. Does nothing for one not fetched."""
        talker = self.talker(voice) if self.ready(voice) else None
        if isinstance(talker, ChildTalker):
            talker.warm(name_of(voice), language)

    def ready(self, voice: Voice) -> bool:
        return not self._models.missing(_needs(voice))

    def to_fetch(self, voice: Voice) -> int:
        """How many bytes the voice lacks."""
        return sum(catalogue()[id].bytes for id in self._models.missing(_needs(voice)))

    def fetch(self, voice: Voice, stop: StopToken) -> Iterator[PullProgress]:
        """What the voice lacks, hub first. Raises ModelError, StorageError, Stopped."""
        return self._models.require(_needs(voice), stop)

    def version(self, voice: Voice) -> str:
        """What the sound of this voice depends on beside the text; another one makes kept sound useless."""
        if voice.engine == espeak.PROGRAM:
            return espeak.version()
        own = f" {voice.model}" if voice.model else ""
        return f"hibari {importlib.metadata.version('hibari-tts')}{own}"

    def close(self) -> None:
        with self._guard:
            for talker in self._talkers.values():
                talker.close()
            self._talkers.clear()

    @staticmethod
    def _more() -> str:
        return "" if espeak.installed() else espeak.INSTALL


def name_of(voice: Voice) -> str:
    """The engine's own name for it."""
    return voice.id.partition("/")[2]


def _needs(voice: Voice) -> tuple[str, ...]:
    if voice.model == kokoro.MODEL:
        return (kokoro.MODEL, kokoro.VOICES_MODEL)
    return (voice.model,) if voice.model else ()
