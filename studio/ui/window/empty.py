"""The first page: drop a recording, get a transcript. Runs on the window's thread."""

from __future__ import annotations

from math import sin

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.widgets.sign import Sign
from studio.ui.widgets.tag import Tag

_WIDTH = 760


class EmptyPage(QFrame):
    """Shown while there is no recording."""

    choose_files = Signal()
    try_sample = Signal()
    show_accounts = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("emptyPage")
        self.setAccessibleName("No recordings yet")
        self.setProperty("role", "bar")
        self._model = Tag("Model is on this computer", "ok", "laptop")
        self._model.setObjectName("modelTag")
        self._here = Tag("No account needed", "ok", "check"), Tag("Nothing is uploaded", "ok", "lock")
        self._drop = self._drop_zone()
        middle = QWidget()
        middle.setMaximumWidth(_WIDTH)
        middle.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(_label("Drop a recording, get a transcript", "title", centred=True))
        column.addLayout(self._tags())
        column.addSpacing(4)
        column.addWidget(self._drop, 100)
        column.addWidget(self._sample_card())
        column.addLayout(self._promises())
        column.addLayout(self._vendors())
        column.addStretch(1)
        body = QWidget()
        body.setObjectName("emptyBody")
        outer = QHBoxLayout(body)
        outer.setContentsMargins(24, 32, 24, 24)
        outer.addStretch(1)
        outer.addWidget(middle, 100)
        outer.addStretch(1)
        body.setStyleSheet("#emptyBody { background: transparent; }")
        scroll = QScrollArea(self)
        scroll.setObjectName("emptyScroll")
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        self.setMinimumWidth(body.minimumSizeHint().width())
        scroll.viewport().setAutoFillBackground(False)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(scroll)

    def set_place(self, account: str, ready: bool) -> None:
        """Say who writes the text: an account at a vendor, or "" with a speech model that is `ready` or comes first."""
        for tag in self._here:
            tag.setVisible(not account)
        if account:
            self._model.set_tag(f"The sound goes to {account}", "info", "cloud")
        elif ready:
            self._model.set_tag("Model is on this computer", "ok", "laptop")
        else:
            self._model.set_tag("The model is fetched once, then stays", "info", "export")

    def set_drop_active(self, active: bool) -> None:
        """Files are being held over the window."""
        self._drop.setProperty("active", active)
        self._drop.style().polish(self._drop)

    def _tags(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self._model)
        for tag in self._here:
            row.addWidget(tag)
        row.addStretch(1)
        return row

    def _vendors(self) -> QHBoxLayout:
        add = QPushButton("Add it in Engines and accounts")
        add.setObjectName("emptyAccountsButton")
        add.setAccessibleName(add.text())
        add.setToolTip("It is never used unless you choose it (Ctrl+,)")
        add.setProperty("kind", "link")
        add.clicked.connect(self.show_accounts)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addStretch(1)
        row.addWidget(_label("Have an account at a vendor?", "muted"))
        row.addWidget(add)
        row.addStretch(1)
        return row

    def _drop_zone(self) -> QFrame:
        zone = QFrame()
        zone.setObjectName("dropZone")
        zone.setAccessibleName("Drop audio or video files here")
        zone.setProperty("role", "drop")
        zone.setMinimumHeight(184)
        zone.setMaximumHeight(236)
        choose = QPushButton("Choose files")
        choose.setObjectName("chooseFilesButton")
        choose.setAccessibleName("Choose files")
        choose.setToolTip("Choose recordings to add (Ctrl+O)")
        choose.setIcon(icon("folder", "on_accent"))
        choose.setProperty("kind", "primary")
        choose.clicked.connect(self.choose_files)
        column = QVBoxLayout(zone)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(Sign("waveform", "accent", 40), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        column.addWidget(_label("Drop audio or video files here", "subtitle", centred=True))
        kinds = "mp3, wav, m4a, flac, ogg, mp4, mov, mkv and most others. Whole folders work too."
        column.addWidget(_label(kinds, "muted", centred=True))
        column.addSpacing(8)
        column.addWidget(choose, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        return zone

    def _sample_card(self) -> QFrame:
        card = QFrame()
        card.setObjectName("sampleCard")
        card.setProperty("role", "card")
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(_label("Try the sample interview", "heading"))
        words.addWidget(_label("Less than a minute, three speakers.", "note"))
        button = QPushButton("Try the sample")
        button.setObjectName("trySampleButton")
        button.setAccessibleName("Try the sample")
        button.setToolTip("Transcribe the recording that comes with the program")
        button.clicked.connect(self.try_sample)
        row = QHBoxLayout(card)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(14)
        row.addWidget(Sign("play", "accent", 20, pad=8))
        row.addLayout(words)
        row.addStretch(1)
        row.addWidget(_SampleWave())
        row.addWidget(button)
        return card

    def _promises(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(16)
        for picture, title, text in (
            ("transcript", "Transcripts", "Drop files and walk away. Names, times and speakers come out as text."),
            (
                "subtitles",
                "Subtitles",
                "SRT and WebVTT with line lengths, reading speed and gaps that viewers can follow.",
            ),
        ):
            card = QFrame()
            card.setProperty("role", "card")
            column = QVBoxLayout(card)
            column.setContentsMargins(16, 16, 16, 16)
            column.setSpacing(6)
            column.addWidget(Sign(picture, "accent", 20), 0, Qt.AlignmentFlag.AlignLeft)
            column.addWidget(_label(title, "heading"))
            note = _label(text, "plain")
            note.setWordWrap(True)
            column.addWidget(note)
            row.addWidget(card, 1)
        return row


class _SampleWave(QWidget):
    """A drawing of three people talking in turn, for ornament."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(192, 28)
        theme.current().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.current()
        with QPainter(self) as painter:
            for bar in range(self.width() // 3):
                turn = (0, 1, 2, 1, 0)[bar // 13 % 5]
                if bar % 13 == 12:
                    continue
                height = 4 + 22 * abs(sin(bar * 1.7) * sin(bar * 0.63 + 1))
                area = QRectF(bar * 3, (self.height() - height) / 2, 1.5, height)
                painter.fillRect(area, look.speaker_color(turn))


def _label(text: str, role: str, centred: bool = False) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    if centred:
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label
