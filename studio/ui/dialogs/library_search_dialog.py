"""Words found in all transcripts, by recording. Not modal: the text stays in reach. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPalette, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.library import Hit
from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.models.wording import clock, counted

from .buttons import button

LIMIT = 200  # hits shown
_PAUSE = 80  # milliseconds without a key before the library is asked
_ROW = 28
_HIT = Qt.ItemDataRole.UserRole + 1
_HELP = "All words must be in one passage. The last one may be unfinished; “words in quotes” follow one another."


class LibrarySearchDialog(QDialog):
    search_requested = Signal(str)
    open_requested = Signal(object)  # Hit
    replace_requested = Signal(str)  # the words searched

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("librarySearchDialog")
        self.setAccessibleName("Find in all transcripts")
        self.setWindowTitle("Find in all transcripts")
        self.field = QLineEdit()
        self.field.setObjectName("librarySearchField")
        self.field.setAccessibleName("Words to find in all transcripts")
        self.field.setPlaceholderText("Words of any transcript")
        self.field.setClearButtonEnabled(True)
        self.field.addAction(icon("search", "text3"), QLineEdit.ActionPosition.LeadingPosition)
        self.field.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setObjectName("libraryHits")
        self.list.setAccessibleName("Passages found")
        self.list.setColumnCount(3)
        self.list.setHeaderHidden(True)
        self.list.setIndentation(16)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        self.list.setItemDelegate(_HitDelegate(self.list))
        self.list.header().setStretchLastSection(True)
        self.list.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in ((0, 92), (1, 116)):
            self.list.header().resizeSection(column, width)
        self.list.itemActivated.connect(self._on_activated)
        self._note = QLabel(_HELP)
        self._note.setObjectName("librarySearchNote")
        self._note.setProperty("role", "note")
        self._note.setWordWrap(True)
        self._replace = button(
            "libraryReplaceButton",
            "Replace in all …",
            lambda: self.replace_requested.emit(self.field.text()),
            "replace",
        )
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE)
        self._soon.timeout.connect(lambda: self.search_requested.emit(self.field.text()))
        self.field.textChanged.connect(lambda _: self._soon.start())
        self._arrange()
        self.resize(760, 560)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self._replace)
        row.addStretch()
        row.addWidget(button("librarySearchCloseButton", "Close", self.reject))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        column.addWidget(self.field)
        column.addWidget(self._note)
        column.addWidget(self.list, 1)
        column.addLayout(row)

    def ask(self, words: str) -> None:
        """Show it, ready to type; words that are given are looked for."""
        if words:
            self.field.setText(words)
        elif self.field.text():
            self._soon.start()  # the library may be another one by now
        self.show()
        self.raise_()
        self.activateWindow()
        self.field.setFocus()
        self.field.selectAll()

    def show_hits(self, text: str, hits: Sequence[Hit]) -> None:
        """What was found for a text; an answer that comes too late is passed over."""
        if text != self.field.text():
            return
        self.list.clear()
        recordings = 0
        for _, group in groupby(hits, lambda hit: hit.transcript_id):
            self.list.addTopLevelItem(self._recording(list(group)))
            recordings += 1
        self.list.expandAll()
        for row in range(recordings):
            self.list.setFirstColumnSpanned(row, self.list.rootIndex(), True)
        model = self.list.model()
        self.list.setCurrentIndex(model.index(0, 0, model.index(0, 0)))
        self._tell(text, len(hits), recordings)

    def _tell(self, text: str, hits: int, recordings: int) -> None:
        places = f"{counted(hits, 'passage', 'passages')} in {counted(recordings, 'recording', 'recordings')}"
        if not text.strip():
            said = _HELP
        elif not hits:
            said = "No transcript has a passage with these words."
        elif hits >= LIMIT:
            said = f"The first {places}; of each recording at most 20. More words find less."
        else:
            said = f"{places}."
        self._note.setText(said)

    def _recording(self, hits: list[Hit]) -> QTreeWidgetItem:
        item = QTreeWidgetItem([hits[0].recording])
        item.setFont(0, theme.font(theme.BODY, theme.SEMIBOLD))
        item.setData(0, _HIT, hits[0])
        item.setSizeHint(0, QSize(0, _ROW))
        for hit in hits:
            row = QTreeWidgetItem([clock(hit.start), hit.speaker, hit.snippet])
            for column in range(3):
                row.setData(column, _HIT, hit)
            row.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{clock(hit.start)}, {hit.speaker}, {hit.snippet}")
            row.setToolTip(2, hit.snippet)
            item.addChild(row)
        return item

    def _on_activated(self, item: QTreeWidgetItem) -> None:
        hit = item.data(0, _HIT)
        if hit is not None:
            self.open_requested.emit(hit)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the field the arrows move through what was found, and Enter opens it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                QApplication.sendEvent(self.list, event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if item := self.list.currentItem():
                    self._on_activated(item)
                return True
        return False


class _HitDelegate(QStyledItemDelegate):
    """Draws the words that were found in bold."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        if index.column() < 2 and index.parent().isValid():
            option.palette.setColor(QPalette.ColorRole.Text, theme.current().color("text2"))

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, _ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        hit = index.data(_HIT)
        if index.column() != 2 or hit is None:
            super().paint(painter, option, index)
            return
        self.initStyleOption(option, index)
        option.text = ""
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        text = option.fontMetrics.elidedText(hit.snippet, Qt.TextElideMode.ElideRight, option.rect.width() - 16)
        layout = QTextLayout(text, option.font)
        bold = QTextCharFormat()
        bold.setFontWeight(QFont.Weight.Bold)
        bold.setBackground(theme.current().color("warn_fill"))
        formats = []
        for start, end in hit.spans:
            part = QTextLayout.FormatRange()
            part.start, part.length, part.format = start, min(end, len(text)) - start, bold
            if part.length > 0:
                formats.append(part)
        layout.setFormats(formats)
        layout.beginLayout()
        layout.createLine().setLineWidth(1e6)
        layout.endLayout()
        painter.save()
        painter.setClipRect(option.rect)
        painter.setPen(theme.current().color("text"))
        place = option.rect.adjusted(4, 0, -4, 0).toRectF()
        place.setTop(place.center().y() - layout.boundingRect().height() / 2)
        layout.draw(painter, place.topLeft())
        painter.restore()
