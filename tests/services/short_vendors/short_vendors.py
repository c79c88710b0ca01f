"""Another package's vendors, found by their entry points: as the real ones, but they take six seconds at most."""

from __future__ import annotations

from dataclasses import replace

from studio.core.accounts import Limits
from studio.engines.remote.assemblyai import AssemblyAI
from studio.engines.remote.deepgram import Deepgram
from studio.engines.remote.prosa import Prosa

SHORT = Limits(duration=6_000, formats=("opus",))


class ShortProsa(Prosa):
    info = replace(Prosa.info, kind="short-prosa")

    def limits(self, model: str) -> Limits:
        return SHORT


class ShortAssemblyAI(AssemblyAI):
    info = replace(AssemblyAI.info, kind="short-assemblyai")

    def limits(self, model: str) -> Limits:
        return SHORT


class ShortDeepgram(Deepgram):
    info = replace(Deepgram.info, kind="short-deepgram")

    def limits(self, model: str) -> Limits:
        return SHORT
