"""Notices: what happened, what is safe, what to press. They lie over the window and move nothing in it.

Runs on the window's thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QCursor
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from studio.ui import icons
from studio.ui.models.wording import counted
from studio.ui.widgets.sign import Sign

Kind = Literal["info", "warn", "error"]
Action = tuple[str, Callable[[], object]]

SHOWN = 3  # further ones wait behind “2 more”, the lighter before the graver, the older before the newer
STAY = 8_000  # milliseconds an info stays
_WIDEST, _MARGIN = 440, 8  # logical pixels
_MOVED = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)

_BREAKS = re.compile(r"([_./\\-])")  # long file names may go on in the next line behind these
_KINDS: tuple[Kind, ...] = ("error", "warn", "info")
_LOOKS = {"info": ("info", "info"), "warn": ("warning", "warn"), "error": ("error", "err")}  # icon, colour token


class NoticeBar(QFrame):
    """A stack of notices, the newest lowest. It never takes the focus; screen readers are told."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self.setAccessibleName("Notices")
        self._notices: dict[str, Notice] = {}
        self._all = False  # the user wants to see all
        self._shown = SHOWN
        self._places: tuple[QWidget, ...] = ()
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._place)
        self._more = QPushButton()
        self._more.setObjectName("moreNotices")
        self._more.setProperty("kind", "link")
        self._more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._more.clicked.connect(self._show_all)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(_MARGIN)
        self._column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignRight)
        self.hide()

    def show_notice(self, kind: Kind, text: str, action: Action | None = None, key: str | None = None) -> None:
        """Show a sentence, with a button if `action` is given: its label and what it does.

        A notice with the same key (by default its text) takes the place of the earlier one.
        """
        key = key or text
        notice = Notice(kind, text, action)
        notice.closed.connect(lambda: self._remove(key, notice))
        earlier = self._notices.get(key)
        place = self._column.count() if earlier is None else self._column.indexOf(earlier)
        if earlier is not None:
            self._drop(earlier)
        self._notices[key] = notice
        self._column.insertWidget(place, notice)
        self._arrange()
        self._announce(kind, text)

    def lie_over(self, *places: QWidget) -> None:
        """Stand at the lower right of the first of these that is shown, whatever the layout does with them."""
        self._places = places
        for watched in (self.window(), *places):
            watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVED:
            self._soon.start()  # when all of them have their places
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._soon.start()  # sentences have got their fonts, and wrap elsewhere
        return super().event(event)

    def _place(self) -> None:
        below = next((place for place in self._places if place.isVisible()), None)
        parent = self.parentWidget()
        if below is not None and parent is not None and not self.isHidden():
            area = below.rect().translated(below.mapTo(parent, QPoint()))
            width = min(area.width() - 2 * _MARGIN, _WIDEST)
            height = min(self._column.totalHeightForWidth(width), area.height() - 2 * _MARGIN)
            self.setGeometry(area.right() + 1 - _MARGIN - width, area.bottom() + 1 - _MARGIN - height, width, height)
            self.raise_()

    def set_low(self, low: bool) -> None:
        """Show one notice only, where the window is low and the text needs the room."""
        self._shown = 1 if low else SHOWN
        self._arrange()

    def dismiss(self, key: str) -> None:
        """Take a notice away because its reason is gone; nothing happens if it is not there."""
        if key in self._notices:
            self._remove(key, self._notices[key])

    def texts(self) -> list[str]:
        """The sentences in view."""
        return [notice.text for notice in self._in_order() if not notice.isHidden()]

    def _remove(self, key: str, notice: Notice) -> None:
        if self._notices.get(key) is notice:
            del self._notices[key]
            self._drop(notice)
            self._arrange()

    def _drop(self, notice: Notice) -> None:
        self._column.removeWidget(notice)
        notice.hide()
        notice.deleteLater()

    def _show_all(self) -> None:
        self._all = True
        self._arrange()

    def _in_order(self) -> list[Notice]:
        return sorted(self._notices.values(), key=self._column.indexOf)

    def _arrange(self) -> None:
        notices = self._in_order()
        self._all = self._all and len(notices) > self._shown
        weightiest = sorted(notices, key=lambda n: (_KINDS.index(n.kind), -self._column.indexOf(n)))
        shown = notices if self._all else weightiest[: self._shown]
        for notice in notices:
            notice.setVisible(notice in shown)
        self._more.setText(f"{len(notices) - len(shown)} more")
        self._more.setAccessibleName(counted(len(notices) - len(shown), "more notice", "more notices"))
        self._more.setVisible(len(shown) < len(notices))
        self.setVisible(bool(notices))
        self._place()

    def _announce(self, kind: Kind, text: str) -> None:
        event = QAccessibleAnnouncementEvent(self, text)
        if kind == "error":
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(event)


class Notice(QFrame):
    """One sentence with its icon, perhaps a button, and a cross. An info leaves by itself unless the mouse is on it."""

    closed = Signal()

    def __init__(self, kind: Kind, text: str, action: Action | None) -> None:
        super().__init__()
        self.kind: Kind = kind
        self.text = text
        picture, role = _LOOKS[kind]
        self.setObjectName(f"{kind}Notice")
        self.setAccessibleName(text)
        self.setProperty("notice", kind)
        self._timer = QTimer(self, singleShot=True, interval=STAY)
        self._timer.timeout.connect(self._time_is_up)
        self._leaves = kind == "info"
        label = QLabel(_BREAKS.sub("\\1\u200b", text))
        label.setMinimumWidth(1)
        label.setAccessibleName(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 8, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.addWidget(Sign(picture, role, 16), 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label, 0, 1)
        if action is not None:
            grid.addWidget(self._button(*action), 1, 1, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(self._cross(), 0, 2, Qt.AlignmentFlag.AlignTop)

    def _button(self, text: str, do: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName("noticeAction")
        button.setProperty("small", True)
        button.setAccessibleName(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self.closed)
        button.clicked.connect(lambda: do())
        return button

    def _cross(self) -> QToolButton:
        cross = QToolButton()
        cross.setObjectName("closeNotice")
        cross.setAccessibleName("Close this notice")
        cross.setToolTip("Close")
        cross.setIcon(icons.icon("close"))
        cross.setProperty("kind", "flat")
        cross.setProperty("small", True)
        cross.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        cross.clicked.connect(self.closed)
        return cross

    def showEvent(self, event: QEvent) -> None:
        if self._leaves:
            self._timer.start()

    def hideEvent(self, event: QEvent) -> None:
        self._timer.stop()

    def _time_is_up(self) -> None:
        # Both: Qt believes a widget under the mouse that was only shown there before it was laid out.
        if self.underMouse() and self.rect().contains(self.mapFromGlobal(QCursor.pos())):
            self._timer.start()
        else:
            self.closed.emit()
