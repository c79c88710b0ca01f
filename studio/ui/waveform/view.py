"""The waveform as one control: seeks, zooms, scrolls, follows the playhead. Runs on the window's thread.

It is a slider for assistive technology: its value is the position in milliseconds, its name says time, cue and speaker.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QVBoxLayout, QWidget

from studio.core.transcript import Segment, Speaker
from studio.ui import theme
from studio.ui.models.wording import time_code
from studio.ui.waveform.detail import Detail
from studio.ui.waveform.overview import Overview
from studio.ui.waveform.scene import MIN_SPAN, START_SPAN, PeakSource, Scene

STEP = 2_000  # milliseconds an arrow key goes
_ZOOM = 1.5  # a key press
_LEAD = 0.1  # of the stretch: how far in the playhead stands after a page is turned


class WaveformView(QAbstractSlider):
    """Overview of the whole recording above a stretch of it."""

    seek_requested = Signal(int)  # milliseconds
    segment_clicked = Signal(int)  # Segment.id
    play_requested = Signal()  # the space key
    following_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = Scene()
        self._playing = False
        self._following = True
        self.overview = Overview(self._scene, self)
        self.detail = Detail(self._scene, self)
        self.setObjectName("waveformView")
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.overview)
        column.addWidget(self.detail, 1)
        self.overview.sought.connect(self._seek)
        self.detail.sought.connect(self._seek)
        self.detail.clicked.connect(self.segment_clicked)
        self.detail.zoomed.connect(self._zoom_at)
        self.detail.scrolled.connect(self._scroll)
        theme.current().changed.connect(self._redraw)
        self._describe()

    # What the window tells

    def set_peaks(self, peaks: PeakSource | None) -> None:
        """The sound to draw; None before the recording has been read."""
        self._scene.set_peaks(peaks)
        if peaks is not None and not self._scene.duration:
            self.set_duration(peaks.duration)
        self._redraw()

    def set_segments(self, segments: Sequence[Segment], speakers: Sequence[Speaker]) -> None:
        """The cues, ordered by start; their speakers' order gives the colours."""
        self._scene.set_segments(segments, speakers)
        self._describe()
        self._redraw()

    def set_duration(self, ms: int) -> None:
        """Another recording of this length: the view begins at its start."""
        self._scene.duration = ms
        self._scene.position = 0
        self.setRange(0, ms)
        self._scene.look_at(0, START_SPAN)
        self.set_following(True)
        self._describe()
        self._redraw()

    def set_position(self, ms: int) -> None:
        """Where the playhead stands. A jump brings it into view; playing turns the page while the view follows."""
        scene, before = self._scene, self._scene.position
        if ms == before:
            return
        scene.position = ms
        jumped = not self._playing or abs(ms - before) > 1_000
        if not scene.start <= ms <= scene.end and (jumped or self._following):
            self._look_at(ms - scene.span * _LEAD, scene.span)
        self.overview.move_playhead(before, ms)
        self.detail.move_playhead(before, ms)
        if not self._playing:
            self._describe()

    def set_playing(self, playing: bool) -> None:
        self._playing = playing
        self._describe()

    def set_selected(self, segment: int | None) -> None:
        """Outline the cue with this id."""
        if segment != self._scene.selected:
            self._scene.selected = segment
            self.detail.redraw()

    def set_following(self, following: bool) -> None:
        """Whether playing turns the page. Scrolling ends it."""
        if following == self._following:
            return
        self._following = following
        if following and not self._scene.start <= self._scene.position <= self._scene.end:
            self._look_at(self._scene.position - self._scene.span * _LEAD, self._scene.span)
        self.following_changed.emit(following)

    def set_compact(self, compact: bool) -> None:
        """Lower, for windows under 760 pixels high."""
        self.overview.setFixedHeight(28 if compact else theme.OVERVIEW)
        self.detail.setMaximumHeight(96 if compact else theme.WAVEFORM_MAX)
        self.updateGeometry()

    @property
    def following(self) -> bool:
        return self._following

    @property
    def visible(self) -> tuple[int, int]:
        """Start and end of the stretch in view, in milliseconds."""
        return self._scene.start, self._scene.end

    def zoom_in(self) -> None:
        self._zoom_at(_ZOOM, self._anchor())

    def zoom_out(self) -> None:
        self._zoom_at(1 / _ZOOM, self._anchor())

    # Qt's questions

    def sizeHint(self) -> QSize:
        return QSize(theme.CENTRE_MIN, self.overview.height() + min(theme.WAVEFORM, self.detail.maximumHeight()))

    def sliderChange(self, change: QAbstractSlider.SliderChange) -> None:
        """Nothing: what must be painted anew is told to overview and detail."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        scene = self._scene
        match event.key():
            case Qt.Key.Key_Left:
                self._seek(scene.position - STEP)
            case Qt.Key.Key_Right:
                self._seek(scene.position + STEP)
            case Qt.Key.Key_PageUp:
                self._seek(scene.position - scene.span)
            case Qt.Key.Key_PageDown:
                self._seek(scene.position + scene.span)
            case Qt.Key.Key_Home:
                self._seek(0)
            case Qt.Key.Key_End:
                self._seek(scene.duration)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom_in()
            case Qt.Key.Key_Minus:
                self.zoom_out()
            case Qt.Key.Key_Space:
                self.play_requested.emit()
            case _:
                event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Over the overview: closer and wider around the middle."""
        self._zoom_at(1.0015 ** event.angleDelta().y(), self.detail.width() / 2)
        event.accept()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._redraw()
        super().changeEvent(event)

    # Inside

    def _seek(self, ms: int) -> None:
        if self._scene.duration:
            ms = min(max(ms, 0), self._scene.duration)
            self.set_position(ms)
            self.seek_requested.emit(ms)

    def _anchor(self) -> float:
        """The x that keys zoom around: the playhead if it is in view, else the middle."""
        x = self.detail.x_of(self._scene.position)
        return x if 0 <= x <= self.detail.width() else self.detail.width() / 2

    def _zoom_at(self, factor: float, x: float) -> None:
        ms, part = self.detail.time_at(x), x / max(self.detail.width(), 1)
        # A span too close or too wide is corrected before the start is reckoned, so that the time stays under x.
        span = min(max(self._scene.span / factor, MIN_SPAN), max(self._scene.duration, MIN_SPAN))
        self._look_at(ms - part * span, span)

    def _scroll(self, pixels: float) -> None:
        self._look_at(self.detail.time_at(pixels), self._scene.span)
        self.set_following(False)

    def _look_at(self, start: float, span: float) -> None:
        if self._scene.look_at(start, span):
            self.detail.redraw()
            self.overview.update()

    def _redraw(self) -> None:
        self.overview.redraw()
        self.detail.redraw()

    def _describe(self) -> None:
        """Tells assistive technology where the playhead stands; not while playing, it would talk over the sound."""
        scene = self._scene
        if self._playing:
            return
        self.setValue(scene.position)
        row = scene.segment_at(scene.position)
        parts = ["Waveform", time_code(scene.position)]
        if row >= 0:
            segment = scene.segments[row]
            parts += [f"cue {row + 1}", scene.names.get(segment.speaker, "")]
        self.setAccessibleName(", ".join(part for part in parts if part))
