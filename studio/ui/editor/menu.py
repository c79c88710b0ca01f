"""The transcript's context menu. Runs on the window's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QIcon, QKeySequence, QPainter, QPixmap
from PySide6.QtWidgets import QMenu

from studio.ui import icons, theme

if TYPE_CHECKING:
    from .transcript_view import TranscriptView


def transcript_menu(view: TranscriptView, row: int, ms: int) -> QMenu:
    """What can be done with the row and the place in the recording that were pointed at."""
    menu = QMenu(view)
    menu.setObjectName("transcriptMenu")
    play = menu.addAction(icons.icon("play"), "Go to this place\tCtrl+click", lambda: view.seek_requested.emit(ms))
    play.setObjectName("seekHereAction")
    menu.addSeparator()
    copy = menu.addAction(icons.icon("copy"), "Copy", view.copy)
    copy.setShortcut(QKeySequence.StandardKey.Copy)
    copy.setEnabled(view.textCursor().hasSelection())
    everything = menu.addAction("Select all", view.selectAll)
    everything.setShortcut(QKeySequence.StandardKey.SelectAll)
    segment = view.model.segment(row)
    if segment.speaker is not None:
        menu.addSeparator()
        name = view.model.speaker_name(segment.speaker)
        rename = menu.addAction(icons.icon("pencil"), f"Rename {_plain(name)}\tF2", lambda: view.rename_at(row))
        rename.setObjectName("renameSpeakerAction")
    others = [s for s in view.model.speakers if s.id != segment.speaker]
    if others:
        submenu = menu.addMenu(icons.icon("speaker"), "This is another speaker")
        submenu.setObjectName("relabelMenu")
        for speaker in others:
            index = view.model.speaker_index(speaker.id)
            color = view.model.speaker_color(speaker.id)
            keys = f"\tAlt+{index + 1}" if index < 8 else ""
            action = submenu.addAction(chip_icon(speaker.name, color), f"{_plain(speaker.name)}{keys}")
            action.triggered.connect(lambda _=False, to=speaker.id: view.relabel_requested.emit(segment.id, to))
    return menu


def _plain(name: str) -> str:
    """A name in which no letter becomes a menu key."""
    return name.replace("&", "&&")


def chip_icon(name: str, index: int, size: int = 16) -> QIcon:
    """A speaker's chip for menus, sharp on every screen."""
    icon = QIcon()
    for ratio in (1, 2):
        pixmap = QPixmap(size * ratio, size * ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            theme.paint_chip(painter, QRectF(0, 0, size * ratio, size * ratio), theme.chip_letter(name), index)
        pixmap.setDevicePixelRatio(ratio)
        icon.addPixmap(pixmap)
    return icon
