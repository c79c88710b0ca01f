"""Vendors that hear: one file for each kind, one table of all. See base.py on how to add one.

Those that speak are in speaking/, and what they share is in service.py.
"""

from __future__ import annotations

from .aimlapi import AimlApi
from .assemblyai import AssemblyAI
from .base import Vendor
from .deepgram import Deepgram
from .openai_like import OpenAILike
from .points import others
from .prosa import Prosa
from .slashml import SlashML
from .stt_ai import SttAi

GROUP = "transcription_studio.engines"  # entry points of other packages: a kind's name -> its Vendor class

_OWN: tuple[type[Vendor], ...] = (
    AimlApi,
    AssemblyAI,
    Deepgram,
    OpenAILike,
    Prosa,
    SlashML,
    SttAi,
)


def vendors() -> dict[str, type[Vendor]]:
    """All kinds by name; one of our own is never replaced by another package's."""
    return others(GROUP) | {vendor.info.kind: vendor for vendor in _OWN}
