"""The one selection that waveform, list and text share: segments by id. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """`ids` are in order of time; `current`, the one the keys act on, is among them, or None for no selection."""

    changed = Signal()
    rows_changed = Signal()  # it is the same, but its rows may have come, gone or moved: show it anew

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ids: tuple[int, ...] = ()
        self.current: int | None = None

    def set(self, ids: Iterable[int], current: int | None = None) -> None:
        """Select these; `current` is the last of them unless it is said."""
        ids = tuple(ids)
        if current is None or current not in ids:
            current = ids[-1] if ids else None
        if (ids, current) != (self.ids, self.current):
            self.ids, self.current = ids, current
            self.changed.emit()

    def __contains__(self, id: int) -> bool:
        return id in self.ids
