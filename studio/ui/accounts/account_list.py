"""The places where recordings can be done: this computer and the accounts. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from studio.services.standing import Overview, Standing
from studio.ui import theme
from studio.ui.widgets.tag import Kind, paint_tag, tag_width

from .parts import TAGS, about, paint_tile

HERE = "This computer"
_HERE_ABOUT = "No account, no cost, nothing is sent."
_HEADER, _ROW, _TILE = 36, 56, 32
_STANDING = Qt.ItemDataRole.UserRole + 1  # Standing; None on a header and for this computer
_TITLE = Qt.ItemDataRole.UserRole + 2  # of a row; "" on a header
_DEFAULT = Qt.ItemDataRole.UserRole + 3  # whether the next job goes there


class AccountList(QListWidget):
    chosen = Signal(str)  # the account's name, "" for this computer

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("accountList")
        self.setAccessibleName("Where recordings are done")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Look(self))
        self.setMouseTracking(True)
        # The panel shows through, and the delegate alone paints what is selected.
        self.setStyleSheet("QListWidget { background: transparent; selection-background-color: transparent; }")
        self.currentItemChanged.connect(self._on_current)
        theme.current().changed.connect(self.viewport().update)

    def show_all(self, overview: Overview, default: str) -> None:
        """`default`: where the next job goes. What is chosen stays so, if it is still there."""
        kept = self.current()
        self.blockSignals(True)
        self.clear()
        self._head("On this computer")
        self._add(HERE, None, default == "", f"{HERE}. {_HERE_ABOUT}")
        if overview.standings:
            self._head("Remote, only when you choose them")
        for standing in overview.standings:
            name = standing.account.name
            self._add(name, standing, default == name, f"{name}, {standing.state.value}. {about(standing)}")
        self.blockSignals(False)
        self.setMaximumHeight(sum(self.sizeHintForRow(n) for n in range(self.count())) + 4)
        self.choose(kept)

    def current(self) -> str:
        item = self.currentItem()
        return item.data(_TITLE) if item and item.data(_STANDING) else ""

    def choose(self, name: str) -> None:
        """Go to this account, or to this computer where there is none of that name."""
        rows = {self.item(n).data(_TITLE): n for n in range(self.count())}
        self.setCurrentRow(rows.get(name or HERE, 1))

    def _head(self, title: str) -> None:
        item = QListWidgetItem(title, self)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setData(_TITLE, "")

    def _add(self, title: str, standing: Standing | None, default: bool, words: str) -> None:
        item = QListWidgetItem(title, self)
        item.setData(_TITLE, title)
        item.setData(_STANDING, standing)
        item.setData(_DEFAULT, default)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
        item.setToolTip(words)

    def _on_current(self, item: QListWidgetItem | None) -> None:
        if item and item.data(_TITLE):
            self.chosen.emit(self.current())


class _Look(QStyledItemDelegate):
    def __init__(self, parent: AccountList) -> None:
        super().__init__(parent)
        self._list = parent

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, _ROW if index.data(_TITLE) else _HEADER)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        look, row = theme.current(), QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not index.data(_TITLE):
            painter.setFont(theme.font(theme.NOTE, theme.SEMIBOLD))
            painter.setPen(look.color("text3"))
            words = index.data(Qt.ItemDataRole.DisplayRole)
            painter.drawText(row.adjusted(18, 4, -8, 0), Qt.AlignmentFlag.AlignVCenter, words)
        else:
            self._paint_ground(painter, option)
            self._paint_row(painter, row.adjusted(8, 2, -8, -2), index)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        look, flag = theme.current(), QStyle.StateFlag
        card = QRectF(option.rect).adjusted(8, 2, -8, -2)
        selected = bool(option.state & flag.State_Selected)
        if selected or option.state & flag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("sel" if selected else "hover"))
            painter.drawRoundedRect(card, theme.RADIUS, theme.RADIUS)
        if option.state & flag.State_HasFocus and self._list.hasFocus():
            painter.setPen(look.color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(card.adjusted(1, 1, -1, -1), theme.RADIUS, theme.RADIUS)

    def _paint_row(self, painter: QPainter, card: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        look = theme.current()
        standing: Standing | None = index.data(_STANDING)
        title: str = index.data(_TITLE)
        tile = QRectF(card.left() + 10, card.top() + (card.height() - _TILE) / 2, _TILE, _TILE)
        paint_tile(painter, tile, title[:1].upper() if standing else "")
        text = card.adjusted(_TILE + 22, 7, -10, -7)
        right = text.right()
        for words, kind, sign in reversed(_tags(standing, bool(index.data(_DEFAULT)))):
            right -= tag_width(words, sign)
            paint_tag(painter, right, text.top(), words, kind, sign)
            right -= 6
        painter.setFont(theme.font(weight=theme.SEMIBOLD))
        painter.setPen(look.color("text"))
        metrics = painter.fontMetrics()
        first = QRect(text.left(), text.top(), right - text.left(), 18)
        elide = Qt.TextElideMode.ElideRight
        painter.drawText(first, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(title, elide, first.width()))
        painter.setFont(theme.font(theme.NOTE))
        painter.setPen(look.color("text3"))
        words = about(standing) if standing else _HERE_ABOUT
        second = QRect(text.left(), text.top() + 20, text.width(), 18)
        shown = QFontMetrics(painter.font()).elidedText(words, elide, second.width())
        painter.drawText(second, Qt.AlignmentFlag.AlignVCenter, shown)


def _tags(standing: Standing | None, default: bool) -> list[tuple[str, Kind, str]]:
    found: list[tuple[str, Kind, str]] = [("Next job", "info", "")] if default else []
    if standing is None:
        return [*found, ("Ready", "ok", "check")]
    kind, sign = TAGS[standing.state]
    return [*found, (standing.state.value, kind, sign)]
