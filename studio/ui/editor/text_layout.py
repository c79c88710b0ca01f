"""The layout of the transcript: one block per segment, lines 24 px apart, room above a new speaker.

QPlainTextEdit lays out only the blocks it shows, which keeps 20,000 segments quick; it knows no line height and no
space between blocks, so both are added here, when a block is measured. Runs on the window's thread.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QTextBlock, QTextDocument
from PySide6.QtWidgets import QPlainTextDocumentLayout

ABOVE_SPEAKER, ABOVE, BELOW = 9, 2, 7  # pixels around a segment's lines
LINES_BESIDE_NAME = 2  # the gutter shows name and time below one another


class TranscriptLayout(QPlainTextDocumentLayout):
    """`names_speaker(row)` tells whether the gutter shows a name beside this block.

    The document has its font already; Qt asks for the heights of blocks all the time.
    """

    def __init__(self, document: QTextDocument, names_speaker: Callable[[int], bool]) -> None:
        super().__init__(document)
        self._names_speaker = names_speaker
        self._line_height = 0.0
        document.setDocumentMargin(16)

    @property
    def line_height(self) -> float:
        """24 px for the 15 px transcript font, in proportion for others."""
        if not self._line_height:
            metrics = QFontMetricsF(self.document().defaultFont())
            self._line_height = max(round(metrics.height() * 1.3), 1.0)
        return self._line_height

    def space_above(self, row: int) -> int:
        return ABOVE_SPEAKER if self._names_speaker(row) else ABOVE

    def blockBoundingRect(self, block: QTextBlock) -> QRectF:
        rect = super().blockBoundingRect(block)  # lays the block out if need be
        lines = block.layout()
        above, height = self.space_above(block.blockNumber()), self._line_height or self.line_height
        count = lines.lineCount()
        for i in range(count):
            line = lines.lineAt(i)
            y = above + i * height + (height - line.height()) / 2
            if line.y() == y:
                break  # this layout has been spread already
            line.setPosition(QPointF(line.x(), y))
        wanted = max(count, LINES_BESIDE_NAME if above == ABOVE_SPEAKER else 1)
        rect.setHeight(above + wanted * height + BELOW)
        return rect
