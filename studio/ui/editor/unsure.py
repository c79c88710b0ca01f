"""Words that the engine was not sure of, or that another transcript disagrees about. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from studio.core.transcript import Segment

from .search import Place
from .spans import Span

UNSURE = 0.5  # words below this confidence are underlined


class Unsure:
    def __init__(self) -> None:
        self.doubtful: Mapping[int, Collection[int]] = {}  # numbers of words by segment id

    def words(self, segment: Segment) -> list[int]:
        """The numbers of a segment's unsure words, in order."""
        doubtful = self.doubtful.get(segment.id, ())
        return [
            n
            for n, word in enumerate(segment.words)
            if (word.confidence is not None and word.confidence < UNSURE) or n in doubtful
        ]

    def count(self, segments: Iterable[Segment]) -> int:
        doubtful, count = self.doubtful, 0
        for segment in segments:
            if segment.id in doubtful:
                count += len(self.words(segment))
            else:
                count += sum(word[3] is not None and word[3] < UNSURE for word in segment.words)
        return count

    @staticmethod
    def next(rows: int, spans_of: Callable[[int], list[Span]], caret: tuple[int, int, int], step: int) -> Place | None:
        """From the caret (row, start, end) on, once around all rows; forwards or, with -1, backwards."""
        row, start, end = caret
        for away in range(rows + 1):
            at = (row + step * away) % max(rows, 1)
            spans = spans_of(at) if rows else []
            if away == 0:
                spans = [s for s in spans if (s[1] <= start if step < 0 else s[0] >= end and s[0] > start)]
            if spans:
                return at, spans[0 if step > 0 else -1]
        return None
