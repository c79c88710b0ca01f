"""The right side of the export dialog: what a file will look like. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFontDatabase, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.ui import theme


class ExportPreview(QWidget):
    """`text_of(format_id)` makes the text; it is asked a moment after the last change."""

    def __init__(self, formats: Sequence[tuple[str, str]], text_of: Callable[[str], str], parent: QWidget) -> None:
        super().__init__(parent)
        self._text_of = text_of
        self._shown: str | None = None
        self._tabs = {id: self._tab(id, suffix) for id, suffix in formats}
        self._group = QButtonGroup(self)
        for tab in self._tabs.values():
            self._group.addButton(tab)
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
        self._soon = QTimer(self, singleShot=True, interval=150)
        self._soon.timeout.connect(self._show)
        theme.current().changed.connect(self._colours.rehighlight)
        self._arrange()

    @property
    def format_id(self) -> str | None:
        """The format that is shown; None while none is chosen."""
        return self._shown

    def set_formats(self, chosen: Sequence[str]) -> None:
        """Offer these formats, and go on showing the present one if it is among them."""
        for id, tab in self._tabs.items():
            tab.setVisible(id in chosen)
        if self._shown not in chosen:
            self._shown = chosen[0] if chosen else None
        if self._shown:
            self._tabs[self._shown].setChecked(True)
        self.refresh()

    def fields(self) -> list[QWidget]:
        """In the order of the tab key."""
        return [*self._tabs.values(), self._text]

    def refresh(self) -> None:
        self._soon.start()

    def _show(self) -> None:
        top = self._text.verticalScrollBar().value()
        self._text.setPlainText(self._text_of(self._shown) if self._shown else "")
        self._text.verticalScrollBar().setValue(top)

    def _choose(self, id: str) -> None:
        self._shown = id
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
        words = QLabel("Preview", self)
        words.setProperty("role", "section")
        segments = QFrame(self)
        segments.setProperty("role", "segments")
        row = QHBoxLayout(segments)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        for tab in self._tabs.values():
            row.addWidget(tab)
        head = QHBoxLayout()
        head.addWidget(words)
        head.addStretch()
        head.addWidget(segments)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 14)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._text, 1)


class _Timecodes(QSyntaxHighlighter):
    """Sets the time lines of subtitles off from their text."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)

    def highlightBlock(self, text: str) -> None:
        if "-->" in text:
            look = QTextCharFormat()
            look.setForeground(theme.current().color("link"))
            self.setFormat(0, len(text), look)
