"""The list of the palette: what was found, below the titles of its groups, and how a row is drawn.

Runs on the window's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from .. import icons, theme
from .fuzzy import match

ROW, TITLE = 32, 26  # heights in logical pixels
HIT = Qt.ItemDataRole.UserRole + 1  # the Hit of a row; None on a group's title
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Hit:
    """Something the palette offers: a command, a place in the text, a recording."""

    title: str
    group: str
    note: str
    icon: str
    run: Callable[[], object]
    key: str = ""  # as people read it
    why_not: str = ""  # what to do first, where it cannot run now
    name: str = ""  # of a command, to remember it by

    @property
    def sentence(self) -> str:
        """The row for those who hear it."""
        state = f"not available: {self.why_not}" if self.why_not else ""
        return ", ".join(filter(None, (self.title, self.note, self.key, state)))


class HitList(QAbstractListModel):
    """Rows are the groups' titles and the hits, in the order given."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[str | Hit] = []
        self.query = ""

    def show(self, query: str, hits: Sequence[Hit]) -> None:
        """Hits of a group stand one after the other."""
        self.beginResetModel()
        self.query = query
        self._rows = []
        for group, members in groupby(hits, lambda hit: hit.group):
            self._rows += [group, *members]
        self.endResetModel()

    def hit(self, row: int) -> Hit | None:
        entry = self._rows[row] if 0 <= row < len(self._rows) else None
        return entry if isinstance(entry, Hit) else None

    def height(self) -> int:
        """Of all rows together, in logical pixels."""
        return sum(ROW if isinstance(entry, Hit) else TITLE for entry in self._rows)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        known = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return known if self.hit(index.row()) else Qt.ItemFlag.NoItemFlags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return entry.title if isinstance(entry, Hit) else entry
            case Qt.ItemDataRole.AccessibleTextRole:
                return entry.sentence if isinstance(entry, Hit) else entry
            case _ if role == HIT:
                return entry if isinstance(entry, Hit) else None
        return None


class HitDelegate(QStyledItemDelegate):
    """Icon, title with the letters that were typed in bold, note; the key at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(0, ROW if index.data(HIT) else TITLE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        area: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hit = index.data(HIT)
        painter.save()
        if hit is None:
            painter.setFont(theme.font(theme.NOTE, theme.SEMIBOLD))
            painter.setPen(theme.current().color("text2"))
            painter.drawText(area.adjusted(14, 0, -14, 0), Qt.AlignmentFlag.AlignVCenter, str(index.data()))
        else:
            if chosen:
                painter.fillRect(area, theme.current().color("sel"))
            model = index.model()
            self._paint_hit(painter, area, hit, model.query if isinstance(model, HitList) else "")
        painter.restore()

    def _paint_hit(self, painter: QPainter, area: QRect, hit: Hit, query: str) -> None:
        ratio, opacity = painter.device().devicePixelRatioF(), theme.DISABLED if hit.why_not else 1.0
        if hit.icon:
            picture = icons.pixmap(hit.icon, "text2", 16, ratio, opacity)
            painter.drawPixmap(area.x() + 14, area.y() + (ROW - 16) // 2, picture)
        right = _paint_key(painter, area, hit.key, opacity) if hit.key else area.right() - 14
        place = QRect(area.x() + 39, area.y(), right - area.x() - 51, ROW)
        look = theme.current()
        ink = look.faint("text") if hit.why_not else look.color("text")
        found = match(query, hit.title)
        end = _paint_words(painter, place, hit.title, found.spans if found else (), ink)
        place.setLeft(end + 6)
        note = hit.why_not or hit.note
        painter.setFont(theme.font(theme.NOTE))
        painter.setPen(look.color("text3"))
        short = painter.fontMetrics().elidedText(note, Qt.TextElideMode.ElideRight, max(0, place.width()))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, short)


def _paint_words(painter: QPainter, place: QRect, text: str, spans: Sequence[tuple[int, int]], ink: QColor) -> int:
    """Draw `text` with the spans in bold, shortened where it is too long; gives where it ends."""
    plain, bold = theme.font(theme.BODY), theme.font(theme.BODY, theme.SEMIBOLD)
    text = QFontMetrics(bold).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    pieces: list[tuple[str, QFont]] = []
    at = 0
    for first, end in spans:
        pieces += [(text[at:first], plain), (text[first:end], bold)]
        at = end
    pieces.append((text[at:], plain))
    painter.setPen(ink)
    x = place.x()
    for piece, font in pieces:
        painter.setFont(font)
        painter.drawText(
            QRect(x, place.y(), place.right() - x + 8, place.height()), Qt.AlignmentFlag.AlignVCenter, piece
        )
        x += painter.fontMetrics().horizontalAdvance(piece)
    return x


def _paint_key(painter: QPainter, area: QRect, key: str, opacity: float) -> int:
    """Draw the key as a chip at the right; gives its left edge."""
    look = theme.current()
    painter.setFont(theme.font(theme.RULER, theme.MEDIUM))
    width = painter.fontMetrics().horizontalAdvance(key) + 12
    chip = QRectF(area.right() - 14 - width, area.y() + (ROW - 19) / 2 + 0.5, width, 18)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(look.color("border"))
    painter.setBrush(look.color("raised"))
    painter.drawRoundedRect(chip, 4, 4)
    painter.setPen(look.faint("text2") if opacity < 1 else look.color("text2"))
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, key)
    return round(chip.left())
