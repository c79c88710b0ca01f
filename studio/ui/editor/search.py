"""Finding words in the transcript: all places, and the next one from where the caret stands. No Qt."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection
from itertools import groupby

from studio.core.replace import Match, Query, find
from studio.core.transcript import Segment

from .spans import Span, in_units

Place = tuple[int, Span]  # row, offsets in its block


class Search:
    """The places of one query. `ids`: of the segments it looks at; None for all."""

    def __init__(self) -> None:
        self.query: Query | None = None
        self.ids: Collection[int] | None = None
        self.matches: list[Match] = []
        self.places: list[Place] = []  # of the matches, in the same order
        self.by_row: dict[int, list[Span]] = {}

    def run(
        self,
        segments: Collection[Segment],
        row_of: Callable[[int], int],
        query: Query | None,
        ids: Collection[int] | None = None,
    ) -> None:
        """Raises UsageError for a query that cannot be searched; then nothing is found."""
        self.query, self.ids = None, None
        self.matches, self.places, self.by_row = [], [], {}
        if query is None:
            return
        self.matches = find(segments, query, ids)
        self.query, self.ids = query, ids
        texts = {s.id: s.text for s in segments}
        for id, found in groupby(self.matches, key=lambda match: match.segment):
            self.by_row[row_of(id)] = in_units(texts[id], [(m.start, m.end) for m in found])
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

    def number_of(self, place: Place) -> int:
        """Which of the places this is, counted from 0; -1 for none of them."""
        number = bisect_left(self.places, place)
        return number if self.places[number : number + 1] == [place] else -1


class Searched:
    """An editor of text that goes from place to place of a search from where its caret is."""

    search: Search

    def caret(self) -> tuple[int, int, int]:
        """Row of the caret, and the selection's offsets in it."""
        raise NotImplementedError

    def select_place(self, place: Place | None) -> bool:
        """Go there; False for None."""
        raise NotImplementedError

    def go_to(self, id: int, offset: int) -> None:
        """Put the caret into the text of a segment; `offset` is the model's."""
        raise NotImplementedError

    def match_at_caret(self) -> tuple[int, Match] | None:
        """The selected place: which of all it is, counted from 0, and where; None where none is selected."""
        row, start, end = self.caret()
        number = self.search.number_of((row, (start, end)))
        return (number, self.search.matches[number]) if number >= 0 else None

    def next_match(self) -> bool:
        """Select the next place behind the selection; False if there is none."""
        row, _, offset = self.caret()
        return self.select_place(self.search.after(row, offset))

    def previous_match(self) -> bool:
        row, offset, _ = self.caret()
        return self.select_place(self.search.before(row, offset))
