"""Vendors that do the work elsewhere: one file for each kind, one table of all. See base.py on how to add one."""

from __future__ import annotations

from importlib.metadata import entry_points

from .base import Vendor

GROUP = "transcription_studio.engines"  # entry points of other packages: a kind's name -> its Vendor class

_OWN: tuple[type[Vendor], ...] = ()


def vendors() -> dict[str, type[Vendor]]:
    """All kinds by name; one of our own is never replaced by another package's."""
    found = {point.name: point.load() for point in entry_points(group=GROUP)}
    return found | {vendor.info.kind: vendor for vendor in _OWN}
