"""A combo box that carries its own label, as in “Speed  1.0×”. Runs on the window's thread."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QWidget

from studio.ui import theme

_FLAGS = Qt.ItemDataRole.UserRole - 1  # what QStandardItem keeps its flags in
_PAD, _GAP, _ARROW = 11, 6, 26
_WIDEST = 180  # pixels of text; vendors have long names for their models


class Choice(QComboBox):
    """The label stands in front of the chosen text, quieter than it; narrow windows hide it."""

    def __init__(self, label: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._label_hidden = False
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setToolTip(label)
        self.view().setObjectName(f"{name}List")
        self.view().setAccessibleName(label)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    def set_label_hidden(self, hidden: bool) -> None:
        self._label_hidden = hidden
        self.updateGeometry()
        self.update()

    def add_group(self, title: str) -> None:
        """A title above what is added next; it cannot be chosen."""
        self.addItem(title)
        self.setItemData(self.count() - 1, Qt.ItemFlag.NoItemFlags.value, _FLAGS)
        self.setItemData(self.count() - 1, theme.font(theme.NOTE, theme.SEMIBOLD), Qt.ItemDataRole.FontRole)

    def select(self, data: object) -> None:
        """Choose the entry with this data; the first one if there is none."""
        self.setCurrentIndex(max(self.findData(data), 0))

    def sizeHint(self) -> QSize:
        widest = min(self._widest(), _WIDEST)
        return QSize(_PAD + self._label_width() + widest + _ARROW, super().sizeHint().height())

    def showPopup(self) -> None:
        self.view().setMinimumWidth(self._widest() + 2 * _ARROW)  # the list need not be as narrow as the box
        super().showPopup()

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            option = QStyleOptionComboBox()
            self.initStyleOption(option)
            option.currentText = ""
            self.style().drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option, painter, self)
            area = QRect(_PAD, 0, self.width() - _PAD - _ARROW, self.height())
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            look = theme.current()
            if not self._label_hidden:
                painter.setFont(theme.font())
                painter.setPen(look.color("text3") if self.isEnabled() else look.faint("text3"))
                painter.drawText(area, flags, self._label)
                area.setLeft(area.left() + self._label_width())
            painter.setFont(theme.font(weight=theme.MEDIUM))
            painter.setPen(look.color("text") if self.isEnabled() else look.faint("text3"))
            room = area.width() + _GAP  # a few pixels too long is better than dots
            shown = painter.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room)
            painter.drawText(area, flags, shown)

    def _label_width(self) -> int:
        return 0 if self._label_hidden else QFontMetrics(theme.font()).horizontalAdvance(self._label) + _GAP

    def _widest(self) -> int:
        """Of what can be chosen."""
        chosen = (i for i in range(self.count()) if self.itemData(i, _FLAGS) is None)
        return max((_text_width(self.itemText(i)) for i in chosen), default=0)


@cache
def _text_width(text: str) -> int:
    """The same for every box: the same voices and languages are offered in several of them, each asked many times."""
    return QFontMetrics(theme.font(weight=theme.MEDIUM)).horizontalAdvance(text)
