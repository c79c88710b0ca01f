"""Vendors that speak: one file for each kind, one table of all. See base.py on how to add one."""

from __future__ import annotations

from studio.engines.remote.points import others

from .aimlapi import AimlApiVoices
from .base import SpeakingVendor
from .openai_like import OpenAIVoices
from .prosa import ProsaVoices
from .slashml import SlashMLVoices
from .stt_ai import SttAiVoices

GROUP = "transcription_studio.voices"  # entry points of other packages: a kind's name -> its SpeakingVendor class

_OWN: tuple[type[SpeakingVendor], ...] = (
    AimlApiVoices,
    OpenAIVoices,
    ProsaVoices,
    SlashMLVoices,
    SttAiVoices,
)


def speaking_vendors() -> dict[str, type[SpeakingVendor]]:
    """All kinds by name; one of our own is never replaced by another package's."""
    return others(GROUP) | {vendor.info.kind: vendor for vendor in _OWN}
