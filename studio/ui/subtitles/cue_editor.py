"""Below the table: the cue that is chosen, with its text, times, speaker and measures. Runs on the window's thread.

It shows a Segment and tells what the user wishes; whoever wires it makes the edits.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.core.breaks import reading_columns
from studio.core.checks import reading_speed
from studio.core.edits import SHORTEST
from studio.core.profiles import DEFAULT, CueRules
from studio.core.transcript import Segment
from studio.ui import theme
from studio.ui.models.findings import AFTER
from studio.ui.models.transcript_model import TranscriptModel
from studio.ui.models.wording import time_code

from .cue_text import CueText
from .time_spin import TimeSpin, write_seconds

_LEFT, _RIGHT = 168, 196  # pixels of what stands beside the text
_SIDES = 3 * theme.CONTROL_SMALL + 12  # pixels of height
_ROOMY = 850  # pixels of width, below which lines of text need the room of the measures: the table has them, too


class CueEditor(QFrame):
    retime_requested = Signal(int, int, int)  # segment id, start, end
    speaker_requested = Signal(int, str)  # segment id, speaker id

    def __init__(self, model: TranscriptModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._rules = DEFAULT
        self.shown: int | None = None  # Segment.id
        self.setObjectName("cueEditor")
        self.setAccessibleName("Cue editor")
        self.setProperty("role", "panel")
        self.text = CueText()
        self.start = TimeSpin("cueStartField", "Start")
        self.end = TimeSpin("cueEndField", "End")
        self.length = TimeSpin("cueLengthField", "Length", write_seconds)
        self._fields = (self.start, self.end, self.length)
        self.speaker = QComboBox()
        self.speaker.setObjectName("cueSpeakerBox")
        self.speaker.setAccessibleName("Speaker of the cue")
        self.speaker.setToolTip("Who speaks")
        self.speaker.setIconSize(QSize(16, 16))
        for field in (*self._fields, self.speaker):
            field.setProperty("small", True)
            field.setFixedHeight(theme.CONTROL_SMALL)
        self.lines, self.characters, self.speed = (QLabel() for _ in range(3))
        self.characters.setProperty("role", "note")
        self.problem = QLabel()
        self.problem.setObjectName("cueProblem")
        self.problem.setProperty("role", "err")
        self.problem.hide()
        self._measure_soon = QTimer(self, singleShot=True, interval=AFTER)
        self._measure_soon.timeout.connect(self._show_measures)
        self._arrange()
        self._wire()
        self._fill_speakers()
        self.show_cue(None)

    def _arrange(self) -> None:
        left, right = QGridLayout(), QGridLayout()
        for row, field in ((1, self.start), (2, self.end)):
            left.addWidget(_label(field.accessibleName(), field), row, 0)
            left.addWidget(field, row, 1)
        left.addWidget(self.speaker, 0, 0, 1, 2)
        for row, (words, value) in enumerate(
            (("Characters", self.characters), ("Lines", self.lines), ("Speed", self.speed), ("Length", self.length))
        ):
            right.addWidget(_label(words, value), row, 0)
            right.addWidget(value, row, 1)
            if isinstance(value, QLabel):
                value.setObjectName(f"cue{words}")
                value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for grid in (left, right):
            grid.setHorizontalSpacing(8)
            grid.setVerticalSpacing(4 if grid is left else 1)
            grid.setColumnStretch(1, 1)
        left.setRowStretch(3, 1)
        right.setRowStretch(4, 1)
        sides = []
        for grid, width in ((left, _LEFT), (right, _RIGHT)):
            grid.setContentsMargins(0, 0, 0, 0)
            side = _Side()
            side.setLayout(grid)
            side.setFixedSize(width, _SIDES)  # so that other numbers in it move nothing around it
            sides.append(side)
        across = QHBoxLayout()
        across.setSpacing(14)
        across.addWidget(sides[0])
        across.addWidget(self.text, 1)
        across.addWidget(sides[1])
        self._right = sides[1]
        self._column = QVBoxLayout(self)
        self._column.setSpacing(4)
        self._column.addLayout(across)
        self._column.addWidget(self.problem)
        self.set_low(False)

    def _wire(self) -> None:
        self.start.entered.connect(lambda ms: self._retime(self.start, ms, self.end.ms))
        self.end.entered.connect(lambda ms: self._retime(self.end, self.start.ms, ms))
        self.length.entered.connect(lambda ms: self._retime(self.length, self.start.ms, self.start.ms + ms))
        for field in self._fields:
            field.complained.connect(self._say)
            field.done.connect(self.text.setFocus)
        self.speaker.activated.connect(self._on_speaker)
        self.text.text_edited.connect(lambda _: self._say(next((f.complaint for f in self._fields if f.complaint), "")))
        self._model.speakers_changed.connect(self._fill_speakers)
        self._model.modelReset.connect(self._fill_speakers)
        theme.current().changed.connect(self._fill_speakers)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._right.setVisible(self.width() >= _ROOMY)

    def set_low(self, low: bool) -> None:
        """Less room in low windows."""
        margin = 3 if low else 10
        self._column.setContentsMargins(14, margin, 14, margin)
        self._height = 2 * margin + _SIDES
        self._fit()

    def set_rules(self, rules: CueRules) -> None:
        self._rules = rules
        self.text.set_most(rules.max_line)
        for field in self._fields:
            field.set_frame(1000 / rules.frame_rate)
        self.refresh()
        self._show_measures()

    # What is shown

    def segment(self) -> Segment | None:
        row = self._model.row_of(self.shown) if self.shown is not None else -1
        return self._model.segment(row) if row >= 0 else None

    def show_cue(self, id: int | None) -> None:
        """Another cue, or None; of the same one nothing is touched."""
        if id is not None and id == self.shown:
            return
        for field in self._fields:
            field.take()
        self.shown = id
        self._say("")
        segment = self.segment()
        self.text.set_word((0, 0))
        self.text.load(segment.text if segment else "")
        for part in (self.text, *self._fields, self.speaker):
            part.setEnabled(segment is not None)
        if segment is None:
            self.speaker.setCurrentIndex(-1)
        self.text.setPlaceholderText("" if segment else "Choose a cue in the table.")
        self._show_times(segment, force=True)
        self.refresh()
        self._show_measures()

    def refresh(self) -> None:
        """The cue that is shown is another now."""
        segment = self.segment()
        if segment is not None:
            self.text.follow(segment.text)
            self._show_times(segment)
            if self.speaker.currentData() != segment.speaker:
                self.speaker.setCurrentIndex(self.speaker.findData(segment.speaker))
        if not self._measure_soon.isActive():  # the next key shall not wait for them
            self._measure_soon.start()

    def _show_times(self, segment: Segment | None, force: bool = False) -> None:
        start, end = (segment.start, segment.end) if segment else (0, 0)
        for field, ms in ((self.start, start), (self.end, end), (self.length, end - start)):
            if force or field.ms != ms:
                field.show_time(ms)

    def _show_measures(self) -> None:
        segment = self.segment()
        if segment is None:
            for label in (self.characters, self.lines, self.speed):
                label.setText("")
            return
        rules, columns = self._rules, reading_columns(segment.text)
        lines = segment.text.count("\n") + 1
        speed = reading_speed(segment)
        fine = columns * 1000 <= rules.max_cps * (segment.end - segment.start)
        room = rules.max_line * rules.max_lines
        _judge(self.characters, f"{columns} of {room}", columns <= room, "", "too many")
        _judge(self.lines, f"{lines} of {rules.max_lines}", lines <= rules.max_lines, "", "too many")
        _judge(self.speed, f"{speed:.1f} of {rules.max_cps:g}", fine, "fine", "too fast")

    def _fill_speakers(self) -> None:
        box = self.speaker
        box.blockSignals(True)
        box.clear()
        for speaker in self._model.speakers:
            box.addItem(_chip(speaker.name, self._model.speaker_color(speaker.id)), speaker.name, speaker.id)
        segment = self.segment()
        box.setCurrentIndex(box.findData(segment.speaker) if segment else -1)
        box.blockSignals(False)
        box.setVisible(box.count() > 0)

    # Wishes

    def _on_speaker(self, index: int) -> None:
        if self.shown is not None:
            self.speaker_requested.emit(self.shown, self.speaker.itemData(index))
        self.text.setFocus()

    def _retime(self, field: TimeSpin, start: int, end: int) -> None:
        """Ask for these times; say so where neighbours left no room for all of it."""
        id = self.shown
        if id is None:
            return
        if end - start < SHORTEST:
            field.complain("The start comes before the end")
            return
        self.retime_requested.emit(id, start, end)
        if self.shown != id:
            return
        segment = self.segment()
        self._show_times(segment, force=True)
        if segment and (segment.start, segment.end) != (start, end):
            stop = segment.start if segment.start != start else segment.end
            self._say(f"Another cue begins or ends at {time_code(stop)}, so it stops there")

    def _say(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self._height + (0 if self.problem.isHidden() else 20))


class _Side(QWidget):
    """What stands beside the text, on its own ground: another number in it has nothing behind it painted anew."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), theme.current().color("win"))


def _label(words: str, buddy: QWidget) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", "note")
    label.setBuddy(buddy)
    return label


def _judge(label: QLabel, words: str, good: bool, praise: str, blame: str) -> None:
    """A number with its limit, and in a word whether that is right: colour never stands alone."""
    role = "ok" if good else "warn"
    word = praise if good else blame
    label.setText(f"{words}, {word}" if word else words)
    if label.property("role") != role:
        label.setProperty("role", role)
        label.style().unpolish(label)
        label.style().polish(label)


def _chip(name: str, color: int) -> QIcon:
    picture = QPixmap(36, 36)
    picture.setDevicePixelRatio(2)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        theme.paint_chip(painter, QRectF(0, 0, 18, 18), theme.chip_letter(name), color)
    return QIcon(picture)
