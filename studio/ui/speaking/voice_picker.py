"""Choosing a voice: a field to search in and all voices by language, those of the text's language first.

Comes up below the button that opened it; a click elsewhere or Esc takes it away. Runs on the window's thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from studio.core.languages import LANGUAGES
from studio.core.speaking import Voice
from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.models.wording import megabytes
from studio.ui.widgets.search_field import SearchField

_ID = Qt.ItemDataRole.UserRole
_WIDTH, _HEIGHT, _ROW, _TITLE = 360, 440, 28, 34
_ANY = "Any language"
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}


@dataclass(frozen=True, slots=True)
class VoiceOffer:
    voice: Voice
    fetch: int = 0  # bytes that must be fetched before it speaks
    account: str = ""  # where it speaks; "": on this computer

    @property
    def words(self) -> str:
        """“Heart (American), female · hibari”; of an account, its name is said."""
        return " · ".join(part for part in (described(self.voice), self.account or self.voice.engine) if part)


class VoicePicker(QFrame):
    chosen = Signal(str)  # Voice.id

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("voicePicker")
        self.setAccessibleName("Voices")
        self.setProperty("role", "popup")
        self.setFixedSize(_WIDTH, _HEIGHT)
        self._groups: dict[str, list[VoiceOffer]] = {}
        self._current = ""
        self.search = SearchField("voiceSearch", "Find a voice", "Name, language, engine or account", self)
        self.search.textChanged.connect(lambda _: self._fill())
        self.list = QListWidget(self)
        self.list.setObjectName("voiceList")
        self.list.setAccessibleName("Voices")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setIconSize(QSize(16, 16))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.itemActivated.connect(self._choose)
        self.list.itemClicked.connect(self._choose)
        self._none = QLabel("No voice fits these words.", self)
        self._none.setProperty("role", "muted")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addWidget(self._none)
        column.addWidget(self.list, 1)

    def open_below(self, button: QWidget, offers: Sequence[VoiceOffer], language: str | None, current: str) -> None:
        """`language`: of the text; `current`: the id of the voice that speaks now."""
        spoken = next((o.voice.languages for o in offers if o.voice.id == current), ())
        self._groups, self._current = _grouped(offers, language or next(iter(spoken), None)), current
        self.search.clear()
        self._fill()
        corner = button.mapToGlobal(QPoint(button.width() - _WIDTH, button.height() + 4))
        room = button.screen().availableGeometry()
        self.move(max(room.left(), corner.x()), max(room.top(), min(corner.y(), room.bottom() - _HEIGHT)))
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def _fill(self) -> None:
        words = self.search.text().lower().split()
        self.list.clear()
        for title, offers in self._groups.items():
            fitting = [offer for offer in offers if all(w in f"{title} {offer.words}".lower() for w in words)]
            if fitting:
                self._add_title(title)
            for offer in fitting:
                self._add(offer)
        self._none.setVisible(not self.list.count())
        self.list.setVisible(bool(self.list.count()))
        if self.list.currentRow() < 0:
            self._step(1)
        self.list.scrollToItem(self.list.currentItem(), QListWidget.ScrollHint.PositionAtCenter)

    def _add_title(self, title: str) -> None:
        item = QListWidgetItem(title)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setFont(theme.font(theme.NOTE, theme.SEMIBOLD))
        item.setSizeHint(QSize(0, _TITLE))
        self.list.addItem(item)

    def _add(self, offer: VoiceOffer) -> None:
        note = f", {megabytes(offer.fetch)} to fetch" if offer.fetch else ""
        item = QListWidgetItem(f"{offer.words}{note}")
        item.setIcon(icon("cloud" if offer.account else "laptop"))
        item.setData(_ID, offer.voice.id)
        item.setToolTip(f"{item.text()}. The text goes to {offer.voice.engine}." if offer.account else item.text())
        item.setData(Qt.ItemDataRole.AccessibleTextRole, item.toolTip())
        item.setSizeHint(QSize(0, _ROW))
        self.list.addItem(item)
        if offer.voice.id == self._current:
            self.list.setCurrentItem(item)

    def _choose(self, item: QListWidgetItem | None) -> None:
        id = item.data(_ID) if item else None
        if id:
            self.hide()
            self.chosen.emit(id)

    def _step(self, rows: int) -> None:
        """To the next voice; titles are passed over."""
        way = 1 if rows > 0 else -1
        row = min(max(self.list.currentRow() + rows, 0), self.list.count() - 1)
        while 0 <= row < self.list.count() and self.list.item(row).data(_ID) is None:
            row += way
        if 0 <= row < self.list.count():
            self.list.setCurrentRow(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that the field leaves over: the list is walked through from there."""
        if event.key() in _STEPS:
            self._step(_STEPS[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentItem())
        else:
            super().keyPressEvent(event)


def described(voice: Voice) -> str:
    return f"{voice.title}, {voice.gender}" if voice.gender else voice.title


def _grouped(offers: Iterable[VoiceOffer], language: str | None) -> dict[str, list[VoiceOffer]]:
    """By the name of the language, that of the text first; voices of any language last."""
    groups: dict[str, list[VoiceOffer]] = {}
    for offer in offers:
        for code in offer.voice.languages or ("",):
            groups.setdefault(LANGUAGES.get(code, code) or _ANY, []).append(offer)
    own = LANGUAGES.get(language or "", "")
    return {name: groups[name] for name in sorted(groups, key=lambda n: (n != own, n == _ANY, n))}
