"""The right side of the export dialog: what a file will look like. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QFontDatabase, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.formats import Format
from studio.services.export import BrokenRules
from studio.ui import theme
from studio.ui.widgets.focus_group import FocusGroup

from .export_notice import BrokenNotice

_MOST_TABS = 4  # more go into a list


class ExportPreview(QWidget):
    """`text_of(format_id, place)` makes the text from this place in the list of segments on; it does so at once."""

    def __init__(self, formats: Sequence[Format], text_of: Callable[[str, int], str], parent: QWidget) -> None:
        super().__init__(parent)
        self._text_of = text_of
        self._formats = {f.id: f for f in formats}
        self._shown: str | None = None
        self._place = 0
        self._tabs = {f.id: self._tab(f.id, f.suffix) for f in formats}
        self._all = QComboBox(self)
        self._words = QLabel("Pre&view", self)
        self._broken = BrokenNotice(self)
        self._group = QButtonGroup(self)
        for tab in self._tabs.values():
            self._group.addButton(tab)
        FocusGroup(list(self._tabs.values()), self)
        self._text = QPlainTextEdit(self)
        self._text.setObjectName("exportPreview")
        self._text.setAccessibleName("Preview")
        self._text.setProperty("role", "field")
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(theme.NOTE)
        self._text.setFont(font)
        self._colours = _Timecodes(self._text.document())
        self._all.activated.connect(lambda row: self._choose(self._all.itemData(row)))
        self._broken.show_requested.connect(self._go)
        theme.current().changed.connect(self._colours.rehighlight)
        self._arrange()

    @property
    def format_id(self) -> str | None:
        """The format that is shown; None while none is chosen."""
        return self._shown

    def set_formats(self, chosen: Sequence[str]) -> None:
        """Offer these formats, and go on showing the present one if it is among them."""
        few = len(chosen) <= _MOST_TABS
        for id, tab in self._tabs.items():
            tab.setVisible(few and id in chosen)
        self._segments.setVisible(few and bool(chosen))
        self._all.setVisible(not few)
        self._all.clear()
        for id in chosen:
            self._all.addItem(self._formats[id].suffix, id)
        self._choose(self._shown if self._shown in chosen else chosen[0] if chosen else None)

    def set_broken(self, broken: BrokenRules) -> None:
        self._broken.set_broken(broken)

    def fields(self) -> list[QWidget]:
        """In the order of the tab key."""
        return [*self._tabs.values(), self._all, self._text, self._broken.button]

    def refresh(self) -> None:
        top = self._text.verticalScrollBar().value()
        text = self._text_of(self._shown, self._place) if self._shown else ""
        self._text.setPlainText(text)
        self._text.verticalScrollBar().setValue(top)
        as_text = self._shown is not None and self._formats[self._shown].encoding == "none"
        words = "Pre&view as text" if as_text else "Pre&view"
        self._words.setText(f"{words} from segment {self._place + 1}" if self._place else words)

    def _go(self, place: int) -> None:
        self._place = place
        self._text.verticalScrollBar().setValue(0)
        self.refresh()

    def _choose(self, id: str | None) -> None:
        self._shown = id
        if id is not None:
            self._tabs[id].setChecked(True)
            self._all.setCurrentIndex(self._all.findData(id))
        self.refresh()

    def _tab(self, id: str, suffix: str) -> QPushButton:
        tab = QPushButton(suffix, self)
        tab.setObjectName(f"previewTab_{id}")
        tab.setAccessibleName(f"Preview {suffix}")
        tab.setToolTip(f"Preview the {suffix} file")
        tab.setProperty("kind", "segment")
        tab.setCheckable(True)
        tab.setAutoDefault(False)
        tab.clicked.connect(lambda: self._choose(id))
        return tab

    def _arrange(self) -> None:
        self._words.setProperty("role", "section")
        self._words.setBuddy(self._text)
        self._all.setObjectName("previewBox")
        self._all.setAccessibleName("Format of the preview")
        self._segments = QFrame(self)
        self._segments.setProperty("role", "segments")
        row = QHBoxLayout(self._segments)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        for tab in self._tabs.values():
            row.addWidget(tab)
        head = QHBoxLayout()
        head.addWidget(self._words)
        head.addStretch()
        head.addWidget(self._segments)
        head.addWidget(self._all)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 14)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._text, 1)
        column.addWidget(self._broken)


class _Timecodes(QSyntaxHighlighter):
    """Sets the time lines of subtitles off from their text."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)

    def highlightBlock(self, text: str) -> None:
        if "-->" in text:
            look = QTextCharFormat()
            look.setForeground(theme.current().color("link"))
            self.setFormat(0, len(text), look)
