"""Finding words in the transcript: all places, and the next one from where the caret stands. No Qt."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from studio.core.transcript import Segment

from .spans import Span, find_spans

Place = tuple[int, Span]  # row, offsets in its block


class Search:
    """The places of one search text, upper and lower case alike."""

    def __init__(self) -> None:
        self.text = ""
        self.places: list[Place] = []
        self.by_row: dict[int, list[Span]] = {}

    def run(self, segments: Sequence[Segment], text: str) -> None:
        self.text = text
        self.by_row = {}
        if text:
            pattern = re.compile(re.escape(text), re.IGNORECASE)
            for row, segment in enumerate(segments):
                if spans := find_spans(segment, pattern):
                    self.by_row[row] = spans
        self.places = [(row, span) for row, spans in self.by_row.items() for span in spans]

    def after(self, row: int, offset: int) -> Place | None:
        """The first place at or behind a position, beginning again at the top; None where there is none at all."""
        if not self.places:
            return None
        return self.places[bisect_left(self.places, (row, (offset, 0))) % len(self.places)]

    def before(self, row: int, offset: int) -> Place | None:
        """The last place that begins ahead of a position, going on from the end."""
        if not self.places:
            return None
        return self.places[bisect_left(self.places, (row, (offset, 0))) - 1]
