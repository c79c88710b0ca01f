"""The waveform as one control: seeks, zooms, scrolls, follows the playhead. Runs on the window's thread.

It is a slider for assistive technology: its value is the position in milliseconds, its name says time, cue and speaker.
It changes no transcript: what the user wants with cues it says by signals. All times are milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QVBoxLayout, QWidget

from studio.core.edits import SHORTEST
from studio.core.transcript import Segment, Speaker
from studio.ui import theme
from studio.ui.waveform import drags
from studio.ui.waveform.block import RATE, Block
from studio.ui.waveform.detail import SPECTRUM_SPAN
from studio.ui.waveform.hands import HandledDetail
from studio.ui.waveform.loader import Loader, Reader
from studio.ui.waveform.overview import Overview
from studio.ui.waveform.scene import MIN_SPAN, START_SPAN, PeakSource, Scene
from studio.ui.waveform.speech import Speech

STEP = 2_000  # an arrow key goes this far, in close views a tenth of what is in view
NEW_CUE = 2_000  # how long a cue made by key is at most
_ZOOM = 1.5  # a key press
_RELABEL = 300  # milliseconds without a key
_LEAD = 0.1  # of the stretch: how far in the playhead stands after a page is turned
_HELP = """Wheel or Up and Down: zoom. Shift and wheel: scroll. Left and Right, Page Up and Down, Home, End: go there.
Drag a cue or its edges to move them, Ctrl takes the neighbour along, Alt does not snap, Esc gives up.
Ctrl Shift Left and Right: move the cue by a frame. Drag on empty ground or Insert: new cue.
Shift and drag, or Shift Left and Right: mark a range. Space: play. Menu key: all commands of the cue."""


class WaveformView(QAbstractSlider):
    """Overview of the whole recording above a stretch of it."""

    seek_requested = Signal(int)  # milliseconds
    segment_clicked = Signal(int)  # Segment.id
    cue_clicked = Signal(int, bool, bool)  # Segment.id, extend the selection to it, toggle it
    play_requested = Signal()  # the space key
    play_cue_requested = Signal(int)  # Segment.id
    retime_requested = Signal(int, int, int, bool)  # Segment.id, start, end, push the neighbours' edges
    cue_drawn = Signal(int, int)  # start, end of a new cue
    range_selected = Signal(int, int)  # start, end
    menu_requested = Signal(QPoint, int, int)  # global place, milliseconds, Segment.id or 0
    following_changed = Signal(bool)
    span_changed = Signal(int)  # milliseconds in view

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = Scene()
        self._playing = False
        self._following = True
        self._compact = self._spectrogram = False
        self._selected: tuple[tuple[int, ...], int | None] = (), None
        self._loader = Loader(self)
        self.overview = Overview(self._scene, self)
        self.detail = HandledDetail(self._scene, self)
        self.setObjectName("waveformView")
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleDescription(_HELP)
        self.overview.setToolTip(_HELP)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.overview)
        column.addWidget(self.detail, 1)
        # The words on a cue come when no more keys are typed in the text: all of the stretch is drawn anew for them.
        self._relabel = QTimer(self, singleShot=True, interval=_RELABEL)
        self._relabel.timeout.connect(self.detail.redraw)
        self._connect()
        self._describe()

    def _connect(self) -> None:
        detail = self.detail
        self.overview.sought.connect(self._seek)
        detail.sought.connect(self._seek)
        detail.clicked.connect(self._on_clicked)
        detail.double_clicked.connect(self.play_cue_requested)
        detail.retimed.connect(self.retime_requested)
        detail.drawn.connect(self.cue_drawn)
        detail.marked.connect(self._on_marked)
        detail.zoomed.connect(self._zoom_at)
        detail.scrolled.connect(self._scroll)
        detail.menu_wanted.connect(self.menu_requested)
        self._loader.loaded.connect(self._on_loaded)
        theme.current().changed.connect(self._redraw)

    # What the window tells

    def set_peaks(self, peaks: PeakSource | None) -> None:
        """The sound to draw; None before the recording has been read."""
        self._scene.set_peaks(peaks)
        if peaks is not None and not self._scene.duration:
            self.set_duration(peaks.duration)
        self._redraw()

    def set_reader(self, read: Reader | None) -> None:
        """How to read the samples of a stretch, for close zooms and the spectrogram; called on other threads.

        `read(start, end, stop)` gives 16 kHz mono int16; it may raise StudioError and Stopped.
        """
        self._loader.set_reader(read)
        self._scene.block = None
        self.detail.redraw()
        self._load()

    def set_segments(self, segments: Sequence[Segment], speakers: Sequence[Speaker]) -> None:
        """The cues, ordered by start; their speakers' order gives the colours."""
        if self._scene.set_segments(segments, speakers):
            self.overview.redraw()
        self._describe()
        self.detail.redraw()

    def set_texts(self, segments: Sequence[Segment]) -> None:
        """The same cues with other texts."""
        self._scene.segments = list(segments)
        self._relabel.start()

    def update_segment(self, row: int, segment: Segment) -> None:
        """One cue has another text, speaker or time; their number and order are as before."""
        if self._scene.update_segment(row, segment):
            self.overview.redraw()
            self.detail.redraw()
        elif segment.start <= self._scene.end and segment.end >= self._scene.start:
            self._relabel.start()

    def set_speech(self, speech: Speech | None) -> None:
        """The voice-over, in a lane of its own; None for none."""
        self.detail.speech = speech
        self.detail.redraw()

    def set_duration(self, ms: int) -> None:
        """Another recording of this length: the view begins at its start."""
        self.detail.cancel()
        self._scene.duration = ms
        self._scene.position = 0
        self._scene.range = self._scene.loop = None
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
        outside = not scene.start <= ms <= scene.end
        if outside and (jumped or self._following) and not self.detail.dragging:
            self._turn_to(ms)
        self.overview.move_playhead(before, ms)
        self.detail.move_playhead(before, ms)
        if not self._playing:
            self._describe()

    def set_playing(self, playing: bool) -> None:
        self._playing = playing
        self._describe()

    def set_selected(self, segment: int | None) -> None:
        """Select the cue with this id alone."""
        self.set_selected_ids(() if segment is None else (segment,), segment)

    def set_selected_ids(self, ids: Iterable[int], current: int | None) -> None:
        """Outline these cues; the current one has handles."""
        chosen = tuple(ids), current
        if chosen != self._selected:
            self._selected = chosen
            self._scene.selected_ids, self._scene.current = np.array(chosen[0], np.int64), current
            self.detail.redraw()

    def bring_into_view(self, start: int, end: int) -> None:
        """Turn to a cue of which a part is out of view, unless playing keeps the playhead in view."""
        scene = self._scene
        end = min(end, round(start + scene.span * (1 - _LEAD)))  # of one that has no room, the beginning
        if not (scene.start <= start and end <= scene.end) and not (self._playing and self._following):
            self._turn_to(start)

    def set_range(self, start: int | None, end: int = 0) -> None:
        """Show a marked range; None for none."""
        self._scene.range = None if start is None else (start, end)
        self._redraw_stretches()

    def set_loop(self, start: int | None, end: int = 0) -> None:
        """Show what is played round and round; None for nothing."""
        self._scene.loop = None if start is None else (start, end)
        self._redraw_stretches()

    def set_markers(self, markers: Iterable[tuple[int, str]]) -> None:
        """Problems and flags in the overview: times and kinds, "warn", "err" or "flag"."""
        self._scene.markers = list(markers)
        self.overview.redraw()

    def set_spectrogram(self, on: bool) -> None:
        """Pitches below the waveform; not while the view is compact."""
        self._spectrogram = on
        self._fit()

    def set_following(self, following: bool) -> None:
        """Whether playing turns the page. Scrolling ends it."""
        if following == self._following:
            return
        self._following = following
        if following and not self._scene.start <= self._scene.position <= self._scene.end:
            self._turn_to(self._scene.position)
        self.following_changed.emit(following)

    def set_overview_only(self, only: bool) -> None:
        """Without the zoomed stretch."""
        self.detail.setVisible(not only)
        self._limit()

    def set_compact(self, compact: bool) -> None:
        """Lower and without spectrogram, for windows under 760 pixels high."""
        self._compact = compact
        self.overview.setFixedHeight(28 if compact else theme.OVERVIEW)
        self.detail.setMaximumHeight(96 if compact else theme.WAVEFORM_MAX)
        self._fit()
        self._limit()

    def _limit(self) -> None:
        """As high as its parts can be, so that a splitter leaves no empty ground around them."""
        detail = 0 if self.detail.isHidden() else self.detail.maximumHeight()
        self.setMaximumHeight(self.overview.maximumHeight() + detail)
        self.updateGeometry()

    @property
    def following(self) -> bool:
        return self._following

    @property
    def range(self) -> tuple[int, int] | None:
        """The marked range."""
        return self._scene.range

    @property
    def visible(self) -> tuple[int, int]:
        """Start and end of the stretch in view, in milliseconds."""
        return round(self._scene.start), round(self._scene.end)

    def zoom_in(self) -> None:
        self._zoom_at(_ZOOM, self._anchor())

    def zoom_out(self) -> None:
        self._zoom_at(1 / _ZOOM, self._anchor())

    def zoom_to(self, start: int, end: int) -> None:
        """Show this stretch with a little room on both sides."""
        room = (end - start) * 0.05
        self._look_at(start - room, end - start + 2 * room)

    # Qt's questions

    def sizeHint(self) -> QSize:
        return QSize(theme.CENTRE_MIN, self.overview.height() + min(theme.WAVEFORM, self.detail.maximumHeight()))

    def sliderChange(self, change: QAbstractSlider.SliderChange) -> None:
        """Nothing: what must be painted anew is told to overview and detail."""

    def event(self, event: QEvent) -> bool:
        """Esc ends a drag, or takes the range away, before it means anything to the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            busy = self.detail.dragging or self._scene.range
            if event.key() == Qt.Key.Key_Escape and busy:
                event.accept()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = {int(Qt.Key.Key_Left): -1, int(Qt.Key.Key_Right): 1}.get(event.key())
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
        if way and modifiers == shift:
            self._mark_by(way * self._step())
        elif way and modifiers == control | shift:
            self._move_by(way * SHORTEST)
        elif way and not modifiers:
            self._seek(self._scene.position + way * self._step())
        elif not self._on_key(event.key()):
            event.ignore()

    def _on_key(self, key: int) -> bool:
        scene = self._scene
        match key:
            case Qt.Key.Key_PageUp:
                self._seek(round(scene.position - scene.span))
            case Qt.Key.Key_PageDown:
                self._seek(round(scene.position + scene.span))
            case Qt.Key.Key_Home:
                self._seek(0)
            case Qt.Key.Key_End:
                self._seek(scene.duration)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal | Qt.Key.Key_Up:
                self.zoom_in()
            case Qt.Key.Key_Minus | Qt.Key.Key_Down:
                self.zoom_out()
            case Qt.Key.Key_Space:
                self.play_requested.emit()
            case Qt.Key.Key_Insert:
                self._draw_by_key()
            case Qt.Key.Key_Escape if self.detail.dragging:
                self.detail.cancel()
            case Qt.Key.Key_Escape if scene.range:
                self.set_range(None)
            case _:
                return False
        return True

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu key: for the playhead. The mouse's menu is the detail's own."""
        if event.reason() != QContextMenuEvent.Reason.Mouse and self._scene.duration:
            ms = self._scene.position
            row = self._scene.segment_at(ms)
            spot = self.detail.mapToGlobal(QPoint(round(self.detail.x_of(ms)), self.detail.height() // 2))
            self.menu_requested.emit(spot, ms, int(self._scene.ids[row]) if row >= 0 else 0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Over the overview: closer and wider around the middle."""
        self._zoom_at(1.0015 ** event.angleDelta().y(), self.detail.width() / 2)
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._load()

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

    def _step(self) -> int:
        return max(min(STEP, round(self._scene.span / 10)), 1)

    def _mark_by(self, way: int) -> None:
        """Shift and an arrow: the end of the range that is at the playhead goes with it."""
        scene = self._scene
        start, end = scene.range or (scene.position, scene.position)
        fixed = start if scene.position == end else end if scene.position == start else scene.position
        self._seek(scene.position + way)
        self._on_marked(*sorted((fixed, scene.position)))

    def _move_by(self, way: int) -> None:
        """The current cue goes by this much, as far as its neighbours let it."""
        scene, id = self._scene, self._scene.current
        row = scene.row_of(id)
        if id is not None and row >= 0:
            now = int(scene.true_starts[row]), int(scene.true_ends[row])
            times = drags.CueDrag(id, "body", 0).times(scene, way, False, drags.NO_SNAP)[id]
            if times != now:
                self.retime_requested.emit(id, *times, False)

    def _draw_by_key(self) -> None:
        """A new cue where the range is, else at the playhead, where there is room for it."""
        scene = self._scene
        start, end = scene.range or (scene.position, scene.position + NEW_CUE)
        low, high = drags.pause_around(scene, start)
        start, end = max(start, low), min(end, high)
        if end - start >= SHORTEST:
            self.cue_drawn.emit(start, end)

    def _on_clicked(self, id: int, extend: bool, toggle: bool) -> None:
        self.cue_clicked.emit(id, extend, toggle)
        if not (extend or toggle):
            self.segment_clicked.emit(id)

    def _on_marked(self, start: int, end: int) -> None:
        self.set_range(start, end)
        self.range_selected.emit(start, end)

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

    def _turn_to(self, ms: float) -> None:
        self._look_at(ms - self._scene.span * _LEAD, self._scene.span)

    def _look_at(self, start: float, span: float) -> None:
        before = self._scene.span
        if self._scene.look_at(start, span):
            self.detail.redraw()
            self.overview.update()
            self._load()
        if self._scene.span != before:
            self.span_changed.emit(round(self._scene.span))

    def _load(self) -> None:
        """Ask for the samples that the visible stretch needs, if it does; until they come the peaks are drawn."""
        scene, columns, hop = self._scene, self.detail.columns, 0
        if self.detail.spectrogram and scene.span <= SPECTRUM_SPAN:
            per_column = max(scene.span * RATE / columns, 8)
            hop = 1 << round(per_column).bit_length() - 1  # steps of two, so that zooming a little needs no other
        if hop or scene.close(columns):
            self._loader.want(scene.start, scene.end, scene.duration, hop)

    def _on_loaded(self, block: Block) -> None:
        self._scene.block = block
        self.detail.redraw()

    def _fit(self) -> None:
        self.detail.spectrogram = self._spectrogram and not self._compact
        self.detail.redraw()
        self._load()

    def _redraw_stretches(self) -> None:
        self.detail.redraw()
        self.overview.update()

    def _redraw(self) -> None:
        self.overview.redraw()
        self.detail.recolor()

    def _describe(self) -> None:
        """Tells assistive technology where the playhead stands; not while playing, it would talk over the sound."""
        if not self._playing:
            self.setValue(self._scene.position)
            self.setAccessibleName(f"Waveform, {self._scene.spoken()}")
