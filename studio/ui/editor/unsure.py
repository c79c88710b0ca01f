"""Words that the engine was not sure of, or that another transcript disagrees about. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from studio.core.transcript import Segment, Word

from .search import Place
from .spans import Span

UNSURE = 0.5  # words below this confidence are underlined


class Unsure:
    def __init__(self) -> None:
        self.doubtful: Mapping[int, Collection[int]] = {}  # numbers of words by segment id
        self._counted: dict[int, tuple[Sequence[Word], int]] = {}  # by segment id: which words, how many are unsure

    def words(self, segment: Segment) -> list[int]:
        """The numbers of a segment's unsure words, in order."""
        doubtful = self.doubtful.get(segment.id, ())
        return [
            n
            for n, word in enumerate(segment.words)
            if (word.confidence is not None and word.confidence < UNSURE) or n in doubtful
        ]

    def count(self, segments: Iterable[Segment]) -> int:
        """How many there are; words that are the same ones as the last time are not looked at again."""
        count = 0
        for segment in segments:
            id, words = segment.id, segment.words
            if id in self.doubtful:
                count += len(self.words(segment))
                continue
            known = self._counted.get(id)
            if known is None or known[0] is not words:
                unsure = sum(word[3] is not None and word[3] < UNSURE for word in words)
                known = self._counted[id] = words, unsure
            count += known[1]
        return count

    def forget(self) -> None:
        """Another transcript is shown."""
        self._counted.clear()

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
