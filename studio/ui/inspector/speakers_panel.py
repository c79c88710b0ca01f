"""The right panel: who speaks, how much, and what they are called. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from studio.ui import theme
from studio.ui.editor.name_edit import NameEdit
from studio.ui.models.transcript_model import SpeakerShare, TranscriptModel
from studio.ui.models.wording import clock, counted

NOBODY = "No speakers yet. They appear here once the voices are told apart."
_KEYS = 8  # speakers that Alt and a digit reach


class SpeakersPanel(QFrame):
    rename_requested = Signal(str, str)  # speaker id, new name

    def __init__(self, model: TranscriptModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._cards: dict[str, SpeakerCard] = {}
        self.setObjectName("speakersPanel")
        self.setAccessibleName("Speakers")
        self.setProperty("role", "panel")
        self.setMinimumWidth(theme.RIGHT_MIN)
        self._title = QLabel(self)
        self._title.setObjectName("speakersTitle")
        self._title.setProperty("role", "heading")
        self._nobody = QLabel(NOBODY, self)
        self._nobody.setObjectName("speakersEmptyLabel")
        self._nobody.setProperty("role", "note")
        self._nobody.setWordWrap(True)
        self._list = QVBoxLayout()
        self._arrange()
        # Segments arrive one by one; the shares need not keep up with each.
        self._soon = QTimer(self, singleShot=True, interval=200)
        self._soon.timeout.connect(self.refresh)
        model.modelReset.connect(self.refresh)
        model.speakers_changed.connect(self.refresh)
        for signal in (model.rowsInserted, model.dataChanged):
            signal.connect(lambda *_: None if self._soon.isActive() else self._soon.start())
        theme.current().changed.connect(self.refresh)
        self.refresh()

    def _arrange(self) -> None:
        body = QWidget()
        body.setObjectName("speakersList")
        body.setStyleSheet("#speakersList { background: transparent; }")
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(self._list)
        inner.addWidget(self._nobody)
        self._nobody.setContentsMargins(16, 12, 16, 12)
        inner.addStretch()
        scroll = QScrollArea(self)
        scroll.setObjectName("speakersScroll")
        scroll.setAccessibleName("Speakers")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        scroll.viewport().setAutoFillBackground(False)
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 16, 0)
        head.addWidget(self._title)
        self._title.setFixedHeight(theme.FILE_HEADER)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(_line(self))
        column.addWidget(scroll, 1)

    def refresh(self) -> None:
        """Show the speakers as they are now; cards of known speakers stay, so that focus and typing survive."""
        shares = self._model.speaker_shares()
        self._title.setText(counted(len(shares), "speaker", "speakers") if shares else "Speakers")
        self._nobody.setVisible(not shares)
        known = {share.speaker.id for share in shares}
        for gone in [id for id in self._cards if id not in known]:
            self._cards.pop(gone).deleteLater()
        for place, share in enumerate(shares):
            card = self._cards.get(share.speaker.id)
            if card is None:
                card = self._cards[share.speaker.id] = SpeakerCard(self)
                card.rename_requested.connect(self.rename_requested)
            self._list.insertWidget(place, card)
            card.show_share(share)
        self._order_tabs()

    def _order_tabs(self) -> None:
        """The tab key comes here behind what stands before the panel; Qt puts what is made late at the window's end."""
        before = self.previousInFocusChain()
        while before and before is not self and not before.focusPolicy() & Qt.FocusPolicy.TabFocus:
            before = before.previousInFocusChain()
        for card in self._in_order():
            if before:
                QWidget.setTabOrder(before, card.name_button)
            before = card.name_button

    def _in_order(self) -> list[SpeakerCard]:
        return sorted(self._cards.values(), key=self._list.indexOf)


class SpeakerCard(QWidget):
    """One speaker: chip, name, share of the talk."""

    rename_requested = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._share: SpeakerShare | None = None
        self.setObjectName("speakerCard")
        self._chip = _Chip(self)
        self.name_button = QPushButton(self)
        self.name_button.setObjectName("speakerNameButton")
        self.name_button.setProperty("kind", "flat")
        self.name_button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.name_button.clicked.connect(self.edit_name)
        self._key = QLabel(self)
        self._key.setProperty("role", "key")
        self._bar = _ShareBar(self)
        self._facts = QLabel(self)
        self._facts.setProperty("role", "note")
        self._percent = QLabel(self)
        self._percent.setFont(theme.font(theme.NOTE, theme.SEMIBOLD))
        self._arrange()

    def _arrange(self) -> None:
        top, bottom, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        top.setSpacing(2)
        top.addWidget(self._chip)
        top.addWidget(self.name_button, 1)
        top.addWidget(self._key, 0, Qt.AlignmentFlag.AlignVCenter)
        bottom.addWidget(self._facts, 1)
        bottom.addWidget(self._percent)
        column.setContentsMargins(16, 10, 16, 0)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self._bar)
        column.addLayout(bottom)
        column.addSpacing(4)
        line = _line(self)
        column.addWidget(line)

    def show_share(self, share: SpeakerShare) -> None:
        self._share = share
        name, colour = share.speaker.name, theme.current().speaker_color(share.index).name()
        self._chip.show_speaker(name, share.index)
        look = f"color: {colour}; text-align: left; font-weight: 600; padding: 0 4px;"
        self.name_button.setStyleSheet(f"QPushButton {{ {look} }}")
        self.name_button.setAccessibleName(f"Rename {name}")
        self.name_button.setToolTip(f"{name}: click to rename everywhere (F2 in the text)")
        self._elide()
        self._key.setText(f"Alt {share.index + 1}")
        self._key.setToolTip("In the text, gives the passage to this speaker")
        self._key.setVisible(share.index < _KEYS)
        self._bar.show_share(share.share, share.index)
        facts = f"{name}, {round(share.share * 100)} % of the talk, {counted(share.turns, 'turn', 'turns')}"
        self.setAccessibleName(facts)
        self._facts.setText(f"{clock(share.talk)} of talk, {counted(share.turns, 'turn', 'turns')}")
        self._percent.setText(f"{round(share.share * 100)} %")

    def edit_name(self) -> None:
        """Put a field in the place of the name."""
        if self._share is None or self.findChild(NameEdit) is not None:
            return
        speaker = self._share.speaker
        editor = NameEdit(speaker.id, speaker.name, self)
        editor.renamed.connect(self.rename_requested)
        editor.closed.connect(lambda: self.name_button.setFocus(Qt.FocusReason.OtherFocusReason))
        editor.setGeometry(self.name_button.geometry())
        editor.show()
        editor.setFocus()

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


class _Chip(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(18, 18)
        self._name, self._index = "", 0

    def show_speaker(self, name: str, index: int) -> None:
        self._name, self._index = name, index
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            theme.paint_chip(painter, QRectF(self.rect()), theme.chip_letter(self._name), self._index)


class _ShareBar(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedHeight(6)
        self._share, self._index = 0.0, 0

    def show_share(self, share: float, index: int) -> None:
        self._share, self._index = share, index
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("border"))
            painter.drawRoundedRect(QRectF(self.rect()), 3, 3)
            painter.setBrush(look.speaker_color(self._index))
            painter.drawRoundedRect(QRectF(0, 0, self.width() * self._share, self.height()), 3, 3)


def _line(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setProperty("role", "line")
    return line
