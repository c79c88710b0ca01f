"""The part of the right panel beside the comparison: what is open, by kind, and deciding it in one go.

Runs on the window's thread.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.core.compare import Difference, Keep, Kind, Likeness
from studio.core.decisions import surer, with_terms
from studio.core.transcript import join_words
from studio.services.opinion import Decisions
from studio.ui import icons, theme
from studio.ui.icons import icon

_KINDS = {
    Kind.NUMBERS: ("Numbers and dates", "clock"),
    Kind.NAMES: ("Names and places", "speakers"),
    Kind.WORDS: ("Other words", "transcript"),
    Kind.MISSING: ("Missing or added", "subtitles"),
}
_EXAMPLES = 3


class DifferencesPanel(QFrame):
    keep_requested = Signal(object)  # dict of Difference.index -> Keep
    kind_chosen = Signal(object)  # Kind: go to the next of these
    open_changed = Signal(int)  # how many differences are open, for the tab

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("differencesPanel")
        self.setAccessibleName("Differences")
        self.setProperty("role", "panel")
        self.setMinimumWidth(theme.RIGHT_MIN)
        self._choices: dict[str, dict[int, Keep]] = {}
        self._kinds = {kind: _KindRow(kind, self) for kind in Kind}
        self._left = self._button("keepAllLeftButton", "Keep left for all", "arrow-left")
        self._right = self._button("keepAllRightButton", "Keep right for all", "arrow-right")
        self._surer = self._button("keepSurerButton", "Keep the surer word each time", "speed")
        self._terms = self._button("preferTermsButton", "Prefer words from Names and terms", "book")
        self._card = _Card()
        self._arrange()
        self.show_decisions(None)

    def _arrange(self) -> None:
        still, rest = QLabel("Still open, by kind"), QLabel("Decide the rest in one go")
        still.setProperty("role", "section")
        still.setContentsMargins(16, 8, 16, 8)
        rest.setProperty("role", "heading")
        rest.setContentsMargins(16, 14, 16, 4)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(still)
        for row in self._kinds.values():
            row.clicked.connect(lambda _=False, kind=row.kind: self.kind_chosen.emit(kind))
            column.addWidget(row)
        column.addWidget(rest)
        buttons = QVBoxLayout()
        buttons.setContentsMargins(16, 0, 16, 12)
        buttons.setSpacing(8)
        for button in (self._left, self._right, self._surer, self._terms):
            buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(buttons)
        around = QVBoxLayout()
        around.setContentsMargins(16, 4, 16, 12)
        around.addWidget(self._card)
        column.addLayout(around)
        column.addStretch()
        scroll = QScrollArea(self)  # low windows have no room for all of it
        scroll.setObjectName("differencesScroll")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        body.setAutoFillBackground(False)
        scroll.viewport().setAutoFillBackground(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _button(self, name: str, text: str, sign: str) -> QPushButton:
        button = QPushButton(icon(sign), text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setProperty("small", True)
        button.clicked.connect(lambda: self.keep_requested.emit(self._choices[name]))
        return button

    def show_decisions(self, decisions: Decisions | None, terms: tuple[str, ...] = ()) -> None:
        """`terms`: names and terms to expect."""
        still = [decisions.comparison.differences[n] for n in decisions.open] if decisions else []
        for kind, row in self._kinds.items():
            row.show_open([d for d in still if d.kind is kind])
        self._choices = {
            "keepAllLeftButton": {d.index: Keep.LEFT for d in still},
            "keepAllRightButton": {d.index: Keep.RIGHT for d in still},
            "keepSurerButton": surer(still),
            "preferTermsButton": with_terms(still, terms),
        }
        for button in (self._left, self._right):
            name = button.accessibleName()
            button.setText(f"{name} {len(still)}" if still else name)
        why = {
            "keepSurerButton": "Nothing that is open was recognised with more certainty on one side.",
            "preferTermsButton": "No open difference has one of your names and terms on one side only.",
        }
        for button in (self._left, self._right, self._surer, self._terms):
            name, wanted = button.objectName(), self._choices[button.objectName()]
            button.setEnabled(bool(wanted))
            button.setToolTip(f"Decides {len(wanted)} of {len(still)}" if wanted else why.get(name, "Nothing is open."))
        self._card.show_likeness(decisions.comparison.likeness if decisions else None)
        self.open_changed.emit(len(still))


class _KindRow(QAbstractButton):
    """Icon, kind, some of the words, how many; pressing goes to the next one."""

    HEIGHT = 56

    def __init__(self, kind: Kind, parent: QWidget) -> None:
        super().__init__(parent)
        self.kind = kind
        self.setObjectName(f"{kind.value}KindButton")
        self.setFixedHeight(self.HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._about, self._count = "", 0
        theme.current().changed.connect(self.update)

    def show_open(self, differences: list[Difference]) -> None:
        title = _KINDS[self.kind][0]
        self._count = len(differences)
        shown = dict.fromkeys(join_words(d.left or d.right).strip(",.?!") for d in differences)
        examples = ", ".join(list(shown)[:_EXAMPLES])
        first = self.kind is Kind.NUMBERS and self._count
        self._about = "Check these first" if first else examples if self._count else "None"
        self.setEnabled(self._count > 0)
        self.setAccessibleName(f"{title}, {self._count} open")
        self.setToolTip("Go to the next one" if self._count else "")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.RIGHT_MIN, self.HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, (title, sign) = theme.current(), _KINDS[self.kind]
        with QPainter(self) as painter:
            if self.isEnabled() and self.underMouse():
                painter.fillRect(self.rect(), look.color("hover"))
            painter.fillRect(0, self.height() - 1, self.width(), 1, look.color("border"))
            painter.drawPixmap(16, 20, icons.pixmap(sign, "text3", 16, self.devicePixelRatioF()))
            room = QRect(42, 9, self.width() - 42 - 50, 20)
            painter.setFont(theme.font(theme.BODY, theme.SEMIBOLD))
            painter.setPen(look.color("text"))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, title)
            painter.setFont(theme.font(theme.BODY))
            painter.drawText(
                QRect(self.width() - 66, 0, 50, self.height()),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                str(self._count),
            )
            painter.setFont(theme.font(theme.NOTE))
            painter.setPen(look.color("text2"))
            words = painter.fontMetrics().elidedText(self._about, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room.translated(0, 19), Qt.AlignmentFlag.AlignVCenter, words)


class _Card(QFrame):
    """How alike the two are."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("likenessCard")
        self.setProperty("role", "card")
        title = QLabel("How alike are they?")
        title.setProperty("role", "heading")
        note = QLabel("This says how much they agree, not which one is right.")
        note.setProperty("role", "note")
        note.setWordWrap(True)
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 10, 12, 10)
        grid.setVerticalSpacing(6)
        grid.addWidget(title, 0, 0, 1, 2)
        self._values: list[QLabel] = []
        for row, text in enumerate(("Words the same", "Speakers the same", "Start times apart"), 1):
            value = QLabel()
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._values.append(value)
            name = QLabel(text)
            name.setProperty("role", "plain")
            grid.addWidget(name, row, 0)
            grid.addWidget(value, row, 1)
        grid.addWidget(note, 4, 0, 1, 2)

    def show_likeness(self, likeness: Likeness | None) -> None:
        self.setVisible(likeness is not None)
        if likeness:
            speakers = "not known" if likeness.speakers is None else _share(likeness.speakers)
            apart = "not known" if likeness.apart is None else f"{likeness.apart / 1000:.2f} s"
            for label, text in zip(self._values, (_share(likeness.words), speakers, apart), strict=True):
                label.setText(text)


def _share(share: float) -> str:
    """ "99.4 %"; rounded down, so that 100 % means all."""
    return f"{int(share * 1000) / 10:g} %"
