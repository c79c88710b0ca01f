"""Vendors of other packages, found by their entry points."""

from __future__ import annotations

import logging
import sys
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

log = logging.getLogger(__name__)


def others(group: str) -> dict[str, Any]:
    """What packages on the path offer in a group, by name."""
    return _others(group, tuple(sys.path))


@cache  # looking takes 10 ms, every job asks several times, and what is broken is told once
def _others(group: str, _path: tuple[str, ...]) -> dict[str, Any]:
    found = {point.name: _loaded(point) for point in entry_points(group=group)}
    return {name: vendor for name, vendor in found.items() if vendor}


def _loaded(point: EntryPoint) -> Any:
    try:
        return point.load()
    except Exception:  # a package that is broken must not take the others with it
        log.exception("the vendor “%s” of another package cannot be loaded", point.name)
        return None
