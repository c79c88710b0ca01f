"""Above the comparison: how far the user is, what is shown, and whose text is whose. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QLayout, QProgressBar, QPushButton, QWidget

from studio.ui import theme
from studio.ui.widgets.fitting import fit
from studio.ui.widgets.key_button import KeyButton, Much
from studio.ui.widgets.tag import Tag

from .passage_delegate import GUTTER, KEEP, NO_KEEP, Columns

_HEAD = 40
# From roomy to tight: the bar of what is decided, the boxes' whole words, how much the buttons say.
_SHAPES: tuple[tuple[bool, bool, Much], ...] = (
    (True, True, "all"),
    (False, True, "all"),
    (False, False, "all"),
    (False, False, "text"),
    (False, False, "icon"),
)


class CompareBar(QFrame):
    """Public are the parts that the page wires."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareBar")
        self.setProperty("role", "bar")
        self.setFixedHeight(_HEAD)
        self._decided = QLabel()
        self._decided.setObjectName("decidedLabel")
        self._decided.setProperty("role", "heading")
        self._bar = QProgressBar()
        self._bar.setObjectName("decidedBar")
        self._bar.setAccessibleName("Differences decided")
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(84)
        self.ignore = _check("ignoreMarksBox", "Ignore capitals, punctuation")
        self.hide_same = _check("hideSameBox", "Hide what is the same")
        self.play = KeyButton("playBitButton", "Play this bit", "play", "Tab")
        self.back = KeyButton("previousDifferenceButton", "Back", "chevron-left", "Ctrl Shift J")
        self.next = KeyButton("nextDifferenceButton", "Next", "chevron-right", "Ctrl J")
        self._total = 0
        row = QHBoxLayout(self)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.setContentsMargins(12, 2, 12, 2)
        row.setSpacing(10)
        line = QFrame()
        line.setFixedSize(1, 24)
        line.setStyleSheet("background: palette(mid);")
        for part in (self._decided, self._bar, line, self.ignore, self.hide_same):
            row.addWidget(part)
        row.addStretch()
        for button in (self.play, self.back, self.next):
            row.addWidget(button)

    def show_decided(self, decided: int, total: int) -> None:
        self._decided.setText(f"{decided} of {total} decided" if total else "No differences")
        self._total = total
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(decided)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.CENTRE_MIN, _HEAD)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        fit(self, _SHAPES, self._show)

    def _show(self, shape: tuple[bool, bool, Much]) -> None:
        bar, words, buttons = shape
        self._bar.setVisible(bar and self._total > 0)
        self.ignore.setText("Ignore capitals, punctuation" if words else "Ignore capitals")
        self.hide_same.setText("Hide what is the same" if words else "Hide the same")
        for button in (self.play, self.back, self.next):
            button.show_as(buttons)


def _check(name: str, text: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setObjectName(name)
    box.setAccessibleName(text)
    box.setChecked(True)
    return box


class Heads(QFrame):
    """Whose text stands in which column."""

    change_requested = Signal()

    def __init__(self, left: str = "Left", right: str = "Right", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareHeads")
        self._between = KEEP
        self.setFixedHeight(_HEAD)
        self._left, self._right = _Name(left, "left", self), _Name(right, "right", self)
        self._keep = QLabel("Keep", self)
        self._keep.setProperty("role", "note")
        self._keep.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._change = QPushButton("Change", self)
        self._change.setObjectName("changeOpinionButton")
        self._change.setAccessibleName("Choose another second opinion")
        self._change.setProperty("kind", "link")
        self._change.clicked.connect(self.change_requested)
        theme.current().changed.connect(self.update)

    def only_show(self) -> None:
        """There is nothing to choose."""
        self._between = NO_KEEP
        self._keep.hide()
        self._change.hide()

    def show_names(self, left: str, left_place: str, right: str, right_place: str) -> None:
        """`place`: "This computer", or the file's name."""
        self._left.show_name(left, left_place)
        self._right.show_name(right, right_place)

    def arrange(self, width: int) -> None:
        """Stand above the columns of rows this wide."""
        columns = Columns(width, self._between)
        self._left.place(GUTTER, columns.text)
        self._keep.setGeometry(columns.keep, 0, KEEP, _HEAD)
        wide = self._change.sizeHint().width()
        self._change.setGeometry(width - wide - 10, 6, wide, 28)
        self._right.place(columns.right, max(40, width - columns.right - wide - 14))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.current()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), look.color("raised"))
            painter.fillRect(0, self.height() - 1, self.width(), 1, look.color("border"))
            painter.fillRect(0, 0, self.width(), 1, look.color("border"))


class _Name(QWidget):
    """“Left” as its words are marked, the name, and where it comes from."""

    def __init__(self, word: str, side: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = QLabel()
        self._name.setObjectName(f"{side}Name")
        self._name.setProperty("role", "heading")
        self._place = Tag("", icon="laptop")
        self._where = self._full = ""
        self._side = _Side(word, side == "left")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (self._side, self._name, self._place):
            row.addWidget(part)
        row.addStretch()

    def show_name(self, name: str, place: str) -> None:
        self._full = name
        self._name.setText(name)
        self._name.setToolTip(name)
        self._place.set_tag(place, "plain", "laptop" if place == "This computer" else "folder")
        self._where = place
        self._place.setVisible(bool(place))

    def place(self, left: int, width: int) -> None:
        """Stand there, without where it comes from and then with a shorter name, where there is no room for more."""
        self._place.setHidden(not self._where)
        self._name.setText(self._full)
        if self.sizeHint().width() > width:
            self._place.hide()
        room = width - self._side.width() - 8
        self._name.setText(self._name.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideLeft, room))
        self.setGeometry(left, 0, width, _HEAD)


class _Side(QWidget):
    def __init__(self, word: str, left: bool) -> None:
        super().__init__()
        self._word, self._left = word, left
        self.setFixedSize(QFontMetrics(theme.font(theme.BODY, theme.SEMIBOLD)).horizontalAdvance(word) + 10, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, left = theme.current(), self._left
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("warn_fill" if left else "info_fill"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0, 2, 0, -1), 3, 3)
            painter.setFont(theme.font(theme.BODY, theme.SEMIBOLD))
            painter.setPen(look.color("text"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._word)
            style = Qt.PenStyle.SolidLine if left else Qt.PenStyle.DashLine
            painter.setPen(QPen(look.color("unsure" if left else "info"), 2, style))
            painter.drawLine(0, self.height() - 2, self.width(), self.height() - 2)
