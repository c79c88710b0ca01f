"""One speaker of the panel: chip, name, key, play, menu, share of the talk, and who it sounds like.

Runs on the window's thread. Tells of wishes by signals and changes nothing itself.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from studio.core.speakers import color_of
from studio.services.voices import Suggestion
from studio.ui import theme
from studio.ui.editor.name_edit import NameEdit
from studio.ui.icons import icon
from studio.ui.models.transcript_model import SpeakerShare
from studio.ui.models.wording import clock, counted, percent

from .speaker_menu import SpeakerMenu
from .swatches import Swatches

_KEYS = 8  # speakers that Alt and a digit reach


class SpeakerCard(QWidget):
    rename_requested = Signal(str, str)  # speaker id, new name
    recolor_requested = Signal(str, int)  # speaker id, place in the palette
    play_requested = Signal(str)
    suggestion_taken = Signal(object)  # Suggestion
    suggestion_refused = Signal(object)

    def __init__(self, menu: SpeakerMenu, parent: QWidget) -> None:
        super().__init__(parent)
        self._share: SpeakerShare | None = None
        self._suggestion: Suggestion | None = None
        self._menu = menu
        self.setObjectName("speakerCard")
        self._chip = Chip(self)
        self.name_button = QPushButton(self)
        self.name_button.setObjectName("speakerNameButton")
        self.name_button.setProperty("kind", "flat")
        self.name_button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.name_button.clicked.connect(self.edit_name)
        self._key = QLabel(self)
        self._key.setProperty("role", "key")
        self.play_button = self._tool("speakerPlayButton", "play")
        self.play_button.clicked.connect(lambda: self.play_requested.emit(self.speaker_id))
        self.menu_button = self._tool("speakerMenuButton", "more")
        self.menu_button.clicked.connect(self._open_menu)
        self._swatches = Swatches(self)
        self._swatches.hide()
        self._swatches.chosen.connect(lambda color: self.recolor_requested.emit(self.speaker_id, color))
        self._bar = _ShareBar(self)
        self._facts = QLabel(self)
        self._facts.setProperty("role", "note")
        self._percent = QLabel(self)
        self._percent.setFont(theme.font(theme.NOTE, theme.SEMIBOLD))
        self._arrange()

    @property
    def speaker_id(self) -> str:
        return self._share.speaker.id if self._share else ""

    @property
    def controls(self) -> list[QWidget]:
        """What the tab key visits, in order."""
        return [self.name_button, self.play_button, self.menu_button, self._take, self._refuse]

    def _tool(self, name: str, picture: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setProperty("kind", "flat")
        button.setProperty("small", True)
        button.setIcon(icon(picture))
        return button

    def _arrange(self) -> None:
        self._top, bottom, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        self._top.setSpacing(4)
        self._top.addWidget(self._chip)
        self._top.addWidget(self.name_button, 1)
        self._top.addWidget(self._key, 0, Qt.AlignmentFlag.AlignVCenter)
        self._top.addWidget(self.play_button)
        self._top.addWidget(self.menu_button)
        bottom.addWidget(self._facts, 1)
        bottom.addWidget(self._percent)
        colours = QHBoxLayout()
        colours.setContentsMargins(18, 0, 0, 0)
        colours.addWidget(self._swatches)
        column.setContentsMargins(16, 10, 16, 0)
        column.setSpacing(6)
        column.addLayout(self._top)
        column.addLayout(colours)
        column.addWidget(self._bar)
        column.addLayout(bottom)
        column.addWidget(self._suggestion_row())
        column.addSpacing(4)
        column.addWidget(line(self))

    def _suggestion_row(self) -> QWidget:
        self._offer = QWidget(self)
        self._offer.setObjectName("voiceSuggestion")
        self._sounds_like = QLabel(self._offer)
        self._sounds_like.setObjectName("voiceSuggestionLabel")
        self._sounds_like.setProperty("role", "note")
        self._sounds_like.setWordWrap(True)
        self._take, self._refuse = QPushButton("Take", self._offer), QPushButton("No", self._offer)
        self._take.setObjectName("takeSuggestionButton")
        self._refuse.setObjectName("refuseSuggestionButton")
        self._take.clicked.connect(lambda: self.suggestion_taken.emit(self._suggestion))
        self._refuse.clicked.connect(lambda: self.suggestion_refused.emit(self._suggestion))
        row = QHBoxLayout(self._offer)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._sounds_like, 1)
        for button in (self._take, self._refuse):
            button.setProperty("small", True)
            row.addWidget(button)
        self._offer.hide()
        return self._offer

    def show_share(self, share: SpeakerShare) -> None:
        self._share = share
        name, color = share.speaker.name, color_of(share.speaker, share.index)
        self._chip.show_speaker(name, color)
        self._swatches.show_chosen(color)
        look = f"color: {theme.current().speaker_color(color).name()}; text-align: left; font-weight: 600;"
        self.name_button.setStyleSheet(f"QPushButton {{ {look} padding: 0 4px; }}")
        self.name_button.setAccessibleName(f"Rename {name}")
        self.name_button.setToolTip(f"{name}: click to rename everywhere (F2 in the text)")
        self.play_button.setAccessibleName(f"Play the next passage of {name}")
        self.play_button.setEnabled(share.turns > 0)
        tip = "Play the next passage of this speaker" if share.turns else "This speaker says nothing yet"
        self.play_button.setToolTip(tip)
        self.menu_button.setAccessibleName(f"More about {name}")
        self.menu_button.setToolTip("Rename, colour, merge, give passages")
        self._elide()
        self._key.setText(f"Alt {share.index + 1}")
        self._key.setToolTip("In the text, gives the passage to this speaker")
        self._key.setVisible(share.index < _KEYS)
        self._bar.show_share(share.share, color)
        facts = f"{name}, {round(share.share * 100)} % of the talk, {counted(share.turns, 'turn', 'turns')}"
        self.setAccessibleName(facts)
        self._facts.setText(f"{clock(share.talk)} of talk, {counted(share.turns, 'turn', 'turns')}")
        self._percent.setText(f"{round(share.share * 100)} %")

    def show_suggestion(self, suggestion: Suggestion | None) -> None:
        self._suggestion = suggestion
        self._offer.setVisible(suggestion is not None)
        if suggestion is not None:
            text = f"Sounds like {suggestion.name} ({percent(suggestion.likeness)})"
            self._sounds_like.setText(text)
            self._sounds_like.setToolTip(f"{text}. Compared with voices kept on this computer.")
            self._take.setAccessibleName(f"Name this speaker {suggestion.name}")
            self._refuse.setAccessibleName(f"This is not {suggestion.name}")

    def edit_name(self) -> None:
        """Put a field in the place of the name, and the colours below it."""
        if self._share is None or self.findChild(NameEdit) is not None:
            return
        speaker = self._share.speaker
        editor = NameEdit(speaker.id, speaker.name, self)
        editor.renamed.connect(self.rename_requested)
        editor.closed.connect(lambda: self.name_button.setFocus(Qt.FocusReason.OtherFocusReason))
        editor.installEventFilter(self)
        self._show_editing(True)
        self._top.insertWidget(1, editor, 1)
        editor.show()
        editor.setFocus()

    def _show_editing(self, editing: bool) -> None:
        for control in (self.name_button, self.play_button, self.menu_button):
            control.setVisible(not editing)
        self._swatches.setVisible(editing)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The field hides itself however it is left.
        if event.type() == QEvent.Type.Hide and isinstance(watched, NameEdit) and watched.isHidden():
            self._top.removeWidget(watched)
            self._show_editing(False)
        return False

    def _open_menu(self) -> None:
        if self._share is not None:
            self._menu.fill(self._share, self.edit_name)
            self._menu.popup(self.menu_button.mapToGlobal(self.menu_button.rect().bottomLeft()))

    def _elide(self) -> None:
        if self._share is not None:
            room = self.name_button.width() - 16
            name = self._share.speaker.name
            metrics = self.name_button.fontMetrics()
            self.name_button.setText(metrics.elidedText(name, Qt.TextElideMode.ElideRight, room).replace("&", "&&"))

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._elide()
        return done


class Chip(QWidget):
    """The speaker's letter on the speaker's colour."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(18, 18)
        self._name, self._color = "", 0

    def show_speaker(self, name: str, color: int) -> None:
        self._name, self._color = name, color
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            theme.paint_chip(painter, QRectF(self.rect()), theme.chip_letter(self._name), self._color)


class _ShareBar(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedHeight(6)
        self._share, self._color = 0.0, 0

    def show_share(self, share: float, color: int) -> None:
        self._share, self._color = share, color
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("border"))
            painter.drawRoundedRect(QRectF(self.rect()), 3, 3)
            painter.setBrush(look.speaker_color(self._color))
            painter.drawRoundedRect(QRectF(0, 0, self.width() * self._share, self.height()), 3, 3)


def line(parent: QWidget) -> QFrame:
    drawn = QFrame(parent)
    drawn.setProperty("role", "line")
    return drawn
