"""The layout of the transcript: one block per segment, lines 24 px apart, room above a new speaker.

QPlainTextEdit lays out only the blocks it shows, which keeps 20,000 segments quick; it knows no line height and no
space between blocks, so both are added here, when a block is measured. It asks for heights some seventy times a key,
so they are kept until a block changes. Runs on the window's thread.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QTextBlock, QTextDocument
from PySide6.QtWidgets import QPlainTextDocumentLayout

ABOVE_SPEAKER, ABOVE, BELOW = 9, 2, 7  # pixels around a segment's lines
LINES_BESIDE_NAME = 2  # the gutter shows name and time below one another


class TranscriptLayout(QPlainTextDocumentLayout):
    """`names_speaker(row)` tells whether the gutter shows a name beside this block. The document has its font already.

    `generation` grows whenever a block may be at another place than before.
    """

    def __init__(self, document: QTextDocument, names_speaker: Callable[[int], bool]) -> None:
        super().__init__(document)
        self._names_speaker = names_speaker
        self._line_height = 0.0
        self._rects: dict[int, QRectF] = {}  # by row
        self._changing = False
        self._blocks = 0
        self.generation = 0
        self.update.connect(self.forget)  # Qt laid all blocks out anew, or one of them has another height
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

    def forget(self) -> None:
        """Heights of blocks are others now."""
        self._rects.clear()
        self.generation += 1

    def documentChanged(self, position: int, removed: int, added: int) -> None:
        """Qt lays a block out anew between two questions for its height, so nothing is kept meanwhile."""
        document = self.document()
        first, last = (document.findBlock(p).blockNumber() for p in (position, max(position + removed + added - 1, 0)))
        if first == last and document.blockCount() == self._blocks:
            self._rects.pop(first, None)
        else:
            self.forget()
        self._changing = True
        super().documentChanged(position, removed, added)
        self._changing = False
        self._blocks = document.blockCount()

    def blockBoundingRect(self, block: QTextBlock) -> QRectF:
        row = block.blockNumber()
        known = self._rects.get(row)
        if known is not None:
            return known
        rect = self._measured(block, row)
        if not self._changing:
            self._rects[row] = rect
        return rect

    def _measured(self, block: QTextBlock, row: int) -> QRectF:
        rect = super().blockBoundingRect(block)  # lays the block out if need be
        lines = block.layout()
        above, height = self.space_above(row), self._line_height or self.line_height
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
