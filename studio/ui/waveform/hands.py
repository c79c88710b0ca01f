"""The mouse on the zoomed waveform: clicks and drags become intentions. Window's thread.

Ruler: scrub. A cue's edge or body: move it. Empty ground: draw a cue. With Shift anywhere: mark a range. A press that
does not move is a click.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from studio.core.edits import SHORTEST
from studio.ui.waveform import cues, drags
from studio.ui.waveform.detail import RULER, Detail
from studio.ui.waveform.scene import Scene

REACH = 8  # pixels, at any zoom, from which an edge is attracted
_STILL = 4  # pixels that a click may move
_EDGE = 5  # pixels beside an edge that take hold of it,
_GRIP = 8  # more for the selected cue, which shows handles
_NARROW = 12  # pixels; a narrower cue has only its body to take hold of

Hold = tuple[int, drags.Part]  # row and part of a cue
_Kind = Literal["scrub", "cue", "draw", "mark"]


class HandledDetail(Detail):
    """A Detail that can be worked on; it changes nothing but what it shows during a drag."""

    sought = Signal(int)  # milliseconds
    clicked = Signal(int, bool, bool)  # Segment.id, extend, toggle
    double_clicked = Signal(int)  # Segment.id
    retimed = Signal(int, int, int, bool)  # Segment.id, start, end, push
    drawn = Signal(int, int)  # start, end
    marked = Signal(int, int)  # start, end
    zoomed = Signal(float, float)  # factor (above 1 is closer), x
    scrolled = Signal(float)  # pixels, positive is later
    menu_wanted = Signal(QPoint, int, int)  # global place, milliseconds, Segment.id or 0

    def __init__(self, scene: Scene, parent: QWidget) -> None:
        super().__init__(scene, parent)
        self.gap = 0  # milliseconds that the rules want between cues
        self._kind: _Kind | None = None  # what a press has begun
        self._moved = False
        self._pressed = QPointF()
        self._grab = 0.0  # where, in milliseconds
        self._drag: drags.CueDrag | None = None
        self._snap = drags.NO_SNAP
        self._push = False
        self._result: tuple[int, int] | None = None
        self._range_before: tuple[int, int] | None = None
        self.setMouseTracking(True)

    @property
    def dragging(self) -> bool:
        return self._kind is not None and self._moved

    def cancel(self) -> None:
        """Give up the drag: everything is shown as it was."""
        if self._kind == "mark":
            self._scene.range = self._range_before
        self._end()

    # Qt's events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._scene.duration:
            return
        self._pressed, self._grab, self._moved = event.position(), self.time_at(event.position().x()), False
        hold = self._hold(event.position())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._kind, self._range_before = "mark", self._scene.range
        elif event.position().y() < RULER:
            self._kind = "scrub"
            self.sought.emit(self._inside(self._grab))
        elif hold:
            self._kind = "cue"
            self._drag = drags.CueDrag(int(self._scene.ids[hold[0]]), hold[1], self._grab)
        else:
            self._kind = "draw"

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._kind is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._show_cursor(event.position())
            return
        ms = self.time_at(event.position().x())
        if self._kind == "scrub":
            self.sought.emit(self._inside(ms))
            return
        if not self._moved:
            if abs(event.position().x() - self._pressed.x()) < _STILL:
                return
            self._begin(event.modifiers())
        free = event.modifiers() & Qt.KeyboardModifier.AltModifier
        self._push = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        self._follow(ms, drags.NO_SNAP if free else self._snap)
        self.redraw()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._kind is None:
            return
        kind, drag, result, moved, push = self._kind, self._drag, self._result, self._moved, self._push
        self._end()
        if kind == "scrub":
            return
        if not moved:
            self._click(event.modifiers())
        elif result is None:
            return
        elif kind == "mark":
            self.marked.emit(*result)
        elif kind == "draw":
            if result[1] - result[0] >= SHORTEST:
                self.drawn.emit(*result)
        elif drag and self._times_of(drag.id) not in (None, result):
            self.retimed.emit(drag.id, *result, push)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        id = self._id_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and id:
            self.double_clicked.emit(id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        spot = QPointF(event.pos())
        if self._scene.duration:
            self.menu_wanted.emit(event.globalPos(), self._inside(self.time_at(spot.x())), self._id_at(spot))

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta()
        sideways = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if sideways or abs(turn.x()) > abs(turn.y()):
            self.scrolled.emit(-(turn.x() or turn.y()) * 0.5)
        else:
            self.zoomed.emit(1.0015 ** turn.y(), event.position().x())
        event.accept()

    # Inside

    def _begin(self, modifiers: Qt.KeyboardModifier) -> None:
        """The press has become a drag."""
        self._moved = True
        own = (self._drag.id,) if self._drag else ()
        reach = REACH / max(self.width(), 1) * self._scene.span
        gap = 0 if self._kind == "mark" else self.gap
        self._snap = drags.snapping(self._scene, reach, gap, own)
        if self._drag and self._drag.id != self._scene.current:
            self.clicked.emit(self._drag.id, False, False)
        if self._drag and self._drag.part == "body":
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def _follow(self, ms: float, snap: drags.Snap) -> None:
        scene = self._scene
        if self._drag:
            times = self._drag.times(scene, ms, self._push, snap)
            self._result = times.get(self._drag.id)
            scene.try_times(times)
        elif self._kind == "draw":
            self._result = scene.draft = drags.drawn(scene, self._grab, ms, snap)
        else:
            self._result = scene.range = drags.marked(scene, self._grab, ms, snap)
        if self._result:
            spot = self.mapToGlobal(QPointF(self.x_of(ms), self.height())).toPoint()
            QToolTip.showText(spot, cues.drag_text(*self._result), self)

    def _end(self) -> None:
        if self._moved:
            self._scene.try_times({})
            self._scene.draft = None
            QToolTip.hideText()
            self.unsetCursor()
            self.redraw()
        self._kind, self._drag, self._result, self._moved = None, None, None, False
        self._snap, self._push = drags.NO_SNAP, False

    def _click(self, modifiers: Qt.KeyboardModifier) -> None:
        id, ms = self._id_at(self._pressed), self._inside(self._grab)
        extend = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        toggle = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if id:
            self.clicked.emit(id, extend, toggle)
        if not (extend or toggle):
            self.sought.emit(ms)

    def _inside(self, ms: float) -> int:
        return round(min(max(ms, 0), self._scene.duration))

    def _times_of(self, id: int) -> tuple[int, int] | None:
        row = self._scene.row_of(id)
        return (int(self._scene.starts[row]), int(self._scene.ends[row])) if row >= 0 else None

    def _id_at(self, spot: QPointF) -> int:
        """The cue under the mouse, 0 for none."""
        row = self._scene.segment_at(self.time_at(spot.x())) if spot.y() >= RULER else -1
        return int(self._scene.ids[row]) if row >= 0 else 0

    def _hold(self, spot: QPointF) -> Hold | None:
        """What of a cue a press here takes hold of: first the handles of the current one, then the nearest edge."""
        scene = self._scene
        if spot.y() < RULER:
            return None
        margin = _GRIP / max(self.width(), 1) * scene.span
        ms = self.time_at(spot.x())
        best: tuple[float, Hold] | None = None
        for row in scene.rows_between(ms - margin, ms + margin).tolist():
            edges: tuple[tuple[drags.Part, int], ...] = ("start", scene.starts[row]), ("end", scene.ends[row])
            left, right = (self.x_of(int(edge)) for _, edge in edges)
            current = int(scene.ids[row]) == scene.current
            if right - left < _NARROW and not current:
                continue
            # Of two edges in one place the current cue's wins, then that of the cue under the mouse.
            favour = _GRIP if current else 0.5 if left <= spot.x() <= right else 0.0
            for (part, _), x in zip(edges, (left, right), strict=True):
                away = abs(spot.x() - x)
                if away <= (_GRIP if current else _EDGE) and (best is None or away - favour < best[0]):
                    best = away - favour, (row, part)
        if best:
            return best[1]
        row = scene.segment_at(ms)
        return (row, "body") if row >= 0 else None

    def _show_cursor(self, spot: QPointF) -> None:
        hold = self._hold(spot) if self._scene.duration else None
        if hold is None:
            drawing = self._scene.duration and spot.y() >= RULER
            self.setCursor(Qt.CursorShape.CrossCursor if drawing else Qt.CursorShape.ArrowCursor)
        elif hold[1] == "body":
            current = int(self._scene.ids[hold[0]]) == self._scene.current
            self.setCursor(Qt.CursorShape.OpenHandCursor if current else Qt.CursorShape.ArrowCursor)
        else:
            self.setCursor(Qt.CursorShape.SplitHCursor)
