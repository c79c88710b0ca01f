"""What can be done with one speaker. One menu for all cards, filled when it is opened. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from studio.core.speakers import color_of
from studio.ui.icons import icon
from studio.ui.models.transcript_model import SpeakerShare, TranscriptModel
from studio.ui.models.wording import counted

from .swatches import COLOURS, swatch_icon


class SpeakerMenu(QMenu):
    recolor_requested = Signal(str, int)  # speaker id, place in the palette
    merge_requested = Signal(str, str)  # speaker id, into
    swap_requested = Signal(str, str)  # what one said the other said
    reassign_requested = Signal(str)  # give the selected passages to this speaker
    split_off_requested = Signal()  # give them to a new one
    remove_requested = Signal(str)

    def __init__(self, model: TranscriptModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._selected = 0
        self.setObjectName("speakerMenu")
        self.setAccessibleName("Speaker")

    def set_selected(self, count: int) -> None:
        """How many passages are selected."""
        self._selected = count

    def fill(self, share: SpeakerShare, rename: Callable[[], None]) -> None:
        self.clear()
        id, name = share.speaker.id, share.speaker.name.replace("&", "&&")
        self._add(self, "renameSpeaker", "&Rename …", rename, "pencil")
        self._add_colours(share)
        self._add_others(id)
        self.addSeparator()
        what = counted(self._selected, "passage", "passages") if self._selected > 1 else "passage"
        give = self._add(
            self, "giveSelected", f"&Give the selected {what} to {name}", lambda: self.reassign_requested.emit(id)
        )
        split = self._add(
            self, "splitOff", f"Give the selected {what} to a &new speaker", self.split_off_requested.emit
        )
        for action in (give, split):
            action.setEnabled(self._selected > 0)
            action.setToolTip("" if self._selected else "Select passages in the text first.")
        self.addSeparator()
        remove = self._add(self, "removeSpeaker", "Rem&ove", lambda: self.remove_requested.emit(id), "trash")
        remove.setEnabled(share.turns == 0)
        remove.setToolTip("" if share.turns == 0 else "Only who says nothing can be removed; merge instead.")
        self.setToolTipsVisible(True)

    def _add_colours(self, share: SpeakerShare) -> None:
        colours = self._submenu("colourMenu", "&Colour")
        now, id = color_of(share.speaker, share.index), share.speaker.id
        for place, colour in enumerate(COLOURS):
            action = self._add(colours, f"colour{place}", colour, partial(self.recolor_requested.emit, id, place))
            action.setCheckable(True)
            action.setChecked(place == now)
            action.setIcon(swatch_icon(place, self.devicePixelRatioF(), place == now))

    def _add_others(self, id: str) -> None:
        others = [s for s in self._model.speakers if s.id != id]
        for name, text, wish in (
            ("merge", "&Merge into", self.merge_requested),
            ("swap", "&Swap with", self.swap_requested),
        ):
            menu = self._submenu(f"{name}Menu", text)
            menu.setEnabled(bool(others))
            for other in others:
                who = other.name.replace("&", "&&")
                self._add(menu, f"{name}{other.id}", who, partial(wish.emit, id, other.id))

    def _submenu(self, name: str, text: str) -> QMenu:
        menu = self.addMenu(text)
        menu.setObjectName(name)
        menu.setAccessibleName(text.replace("&", ""))
        return menu

    def _add(self, menu: QMenu, name: str, text: str, do: Callable[[], object], picture: str = "") -> QAction:
        action = menu.addAction(text)
        action.setObjectName(f"{name}Action")
        if picture:
            action.setIcon(icon(picture))
        action.triggered.connect(lambda: do())
        return action
