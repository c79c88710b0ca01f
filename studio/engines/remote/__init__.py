"""Vendors that do the work elsewhere: one file for each kind, one table of all. See base.py on how to add one."""

from __future__ import annotations

import logging
import sys
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from .aimlapi import AimlApi
from .assemblyai import AssemblyAI
from .base import Vendor
from .deepgram import Deepgram
from .openai_like import OpenAILike
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

log = logging.getLogger(__name__)


def vendors() -> dict[str, type[Vendor]]:
    """All kinds by name; one of our own is never replaced by another package's."""
    return _others(tuple(sys.path)) | {vendor.info.kind: vendor for vendor in _OWN}


@cache  # looking takes 10 ms, every job asks several times, and what is broken is told once
def _others(_path: tuple[str, ...]) -> dict[str, type[Vendor]]:
    """Those of packages that are on the path."""
    found = {point.name: _loaded(point) for point in entry_points(group=GROUP)}
    return {name: vendor for name, vendor in found.items() if vendor}


def _loaded(point: EntryPoint) -> type[Vendor] | None:
    try:
        vendor: type[Vendor] = point.load()
        return vendor
    except Exception:  # a package that is broken must not take the others with it
        log.exception("the vendor “%s” of another package cannot be loaded", point.name)
        return None
