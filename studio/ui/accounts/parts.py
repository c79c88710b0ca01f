"""What the sections of the accounts window are made of. Runs on the window's thread."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

from studio.core.accounts import Account, VendorInfo
from studio.library import Spent
from studio.services.standing import Standing, State
from studio.ui import icons, theme
from studio.ui.widgets.tag import Kind

TITLE, NAME = 148, 148  # widths of a section's title and of a row's name

# Colour and icon of the tag that tells how an account stands.
TAGS: dict[State, tuple[Kind, str]] = {
    State.CONNECTED: ("ok", "check"),
    State.LIMIT: ("warn", "pause-circle"),
    State.REFUSED: ("err", "error"),
    State.SILENT: ("err", "offline"),
    State.UNSET: ("plain", ""),
    State.NEW: ("plain", ""),
    State.OFF: ("plain", ""),
}


def does(info: VendorInfo) -> str:
    """ "writes down, speaks": what an account of this kind is good for."""
    can = (("writes down", info.hears), ("speaks", info.speaks), ("takes noise out", info.cleans))
    return ", ".join(words for words, it_does in can if it_does)


def sent_words(spent: Spent, hears: bool = True) -> str:
    """ "12 min, 3,400 characters"; `hears`: whether sound can be sent there."""
    minutes, characters = f"{spent.minutes:.0f} min", f"{spent.characters:,} characters"
    if hears and not spent.characters:
        return minutes
    return f"{minutes}, {characters}" if spent.minutes else characters


def spent_words(standing: Standing) -> str:
    """ "3.12 of 8.00 used this month." """
    spent, account = standing.spent, standing.account
    if not spent.minutes and not spent.characters:
        return "Nothing sent this month."
    if account.price is None and account.speech_price is None and not spent.cost:
        return f"{sent_words(spent)} sent this month."
    cap = f" of {account.monthly_cap:.2f}" if account.monthly_cap is not None else ""
    return f"{spent.cost:.2f}{cap} used this month."


def about(standing: Standing) -> str:
    """The line below an account's name."""
    calm = standing.state in (State.CONNECTED, State.NEW)
    return spent_words(standing) if calm else standing.sentence


def when(ordered: str) -> str:
    """ "Today 14:12", "20 Nov 09:31": a time of the library, which is UTC, as the clock on the wall has it."""
    local = datetime.fromisoformat(ordered).replace(tzinfo=UTC).astimezone()
    day = "Today" if local.date() == datetime.now().astimezone().date() else f"{local.day} {local:%b}"
    return f"{day} {local:%H:%M}"


def set_role(label: QLabel, role: str) -> None:
    """Give words another look while they are shown: see stylesheet.py."""
    if label.property("role") != role:
        label.setProperty("role", role)
        label.style().polish(label)


class Section(QFrame):
    """A line, a title at the left, and what belongs to it."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        heading = self.heading = QLabel(title)
        heading.setProperty("role", "heading")
        heading.setFixedWidth(TITLE)
        heading.setMinimumHeight(theme.CONTROL)
        heading.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        heading.setContentsMargins(0, 5, 0, 0)
        line = QFrame()
        line.setProperty("role", "line")
        self.body = QVBoxLayout()
        self.body.setSpacing(6)
        inner = QHBoxLayout()
        inner.setSpacing(16)
        inner.addWidget(heading, 0, Qt.AlignmentFlag.AlignTop)
        inner.addLayout(self.body, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(13)
        column.addWidget(line)
        column.addLayout(inner)

    def row(self, title: str, field: QWidget | QLayout, note: str = "", wide: bool = False) -> QWidget:
        """A named field with a word behind it; the whole can be hidden."""
        whole = QWidget()
        name = QLabel(title)
        name.setProperty("role", "muted")
        name.setFixedWidth(NAME)
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(name)
        if isinstance(field, QWidget):
            if not isinstance(field, QLabel | QCheckBox):  # those say it themselves
                field.setAccessibleName(title)
                name.setBuddy(field)
            row.addWidget(field, 1 if wide else 0)
        else:
            row.addLayout(field, 1)
        if note:
            words = QLabel(note)
            words.setProperty("role", "muted")
            words.setWordWrap(True)
            row.addWidget(words, 1)
            if isinstance(field, QWidget):
                field.setAccessibleDescription(note)
        elif not wide and isinstance(field, QWidget):
            row.addStretch()
        self.body.addWidget(whole)
        return whole


class AccountSection(Section):
    """A section whose fields change the account that is shown."""

    changed = Signal(dict)  # what is otherwise now: name of a field of Account -> value

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._account = Account("", "")

    def _change(self, **fields: object) -> None:
        changed = replace(self._account, **fields)  # type: ignore[arg-type]
        if changed != self._account:
            self._account = changed
            self.changed.emit(fields)


class Tile(QWidget):
    """The first letter of an account, or an icon, on a ground."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._letter, self._size = "", size
        self.setFixedSize(size, size)
        theme.current().changed.connect(self.update)

    def set_letter(self, letter: str) -> None:
        self._letter = letter
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_tile(painter, QRectF(self.rect()), self._letter)


def paint_tile(painter: QPainter, place: QRectF, letter: str) -> None:
    """Without a letter it is this computer."""
    look = theme.current()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color("hover"))
    painter.drawRoundedRect(place, theme.RADIUS, theme.RADIUS)
    if letter:
        painter.setFont(theme.font(round(place.height() * 0.44), theme.SEMIBOLD))
        painter.setPen(look.color("text2"))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, letter)
        return
    size = round(place.height() / 2)
    picture = icons.pixmap("laptop", "text2", size, painter.device().devicePixelRatioF())
    painter.drawPixmap(place.center().toPoint().x() - size // 2, place.center().toPoint().y() - size // 2, picture)
