"""Which words of two transcripts of the same recording are the same word. Pure computation.

Runs of three words that each transcript has only once are sure to belong together; the longest row of them that goes
forward in both is kept (as patience diff does with lines). What lies between two of them is short, and is matched at
the least cost of words left out, put in or exchanged (Levenshtein), where of equal words the one nearer in time is
cheaper. difflib was no choice: it is quadratic in frequent words, and prefers long runs to near ones.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from .transcript import Word

Pair = tuple[int, int]  # a word of the left transcript and one of the right

_RUN = 3  # words
_MOST = 4_000_000  # pairs of words looked at in one piece; a longer stretch without a sure place is halved
# Costs. An exchange is cheaper than leaving one word out and putting another in.
_LEFT_OUT, _EXCHANGED, _FAR = 70, 100, 30
_FAR_MS = 3_000  # words that lie this far apart cost _FAR more


@lru_cache(maxsize=100_000)
def key(text: str) -> str:
    """A word without capitals and punctuation, "" if there is nothing else; "1.5" keeps its point."""
    text = unicodedata.normalize("NFC", text).casefold()
    last = len(text) - 1
    return "".join(
        c
        for n, c in enumerate(text)
        if unicodedata.category(c)[0] in "LMN"
        or unicodedata.category(c) == "Sc"
        or c == "%"
        or (c in ".,:/-" and 0 < n < last and text[n - 1].isdigit() and text[n + 1].isdigit())
    )


def matched(left: Sequence[Word], right: Sequence[Word]) -> list[Pair]:
    """Pairs of words that are the same but for capitals and punctuation, ascending in both; 20,000 words take 0.2 s.

    Times guide the choice among equal words and need not agree: one transcript may be shifted or stretched.
    """
    a, b = ([key(w.text) or w.text for w in words] for words in (left, right))
    x, y = ([w.start for w in words] for words in (left, right))
    pairs: list[Pair] = []
    i = j = shift = 0
    for p, q in [*_sure_places(a, b), (len(a), len(b))]:
        if p < i or q < j:  # inside the last run, or beside it
            continue
        if not pairs and p < len(a):
            shift = y[q] - x[p]
        pairs += _between(a, b, x, y, (i, p), (j, q), shift)
        if p < len(a):
            shift = y[q] - x[p]
        while p < len(a) and q < len(b) and a[p] == b[q] and abs(y[q] - x[p] - shift) < _FAR_MS:
            pairs.append((p, q))
            p, q = p + 1, q + 1
        i, j = p, q
        if pairs:
            shift = y[pairs[-1][1]] - x[pairs[-1][0]]
    return pairs


def _sure_places(a: Sequence[str], b: Sequence[str]) -> list[Pair]:
    """Where runs begin that both have just once: the longest row of them that goes forward in both."""
    here, there = _unique_runs(a), _unique_runs(b)
    places = sorted((place, there[run]) for run, place in here.items() if run in there)
    ends: list[int] = []  # the smallest place in b that ends a row of 1, 2, ... places
    which: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(places):
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        which[length : length + 1] = [number]
        before.append(which[length - 1] if length else -1)
    row: list[Pair] = []
    at = which[-1] if which else -1
    while at >= 0:
        row.append(places[at])
        at = before[at]
    return row[::-1]


def _unique_runs(words: Sequence[str]) -> dict[tuple[str, ...], int]:
    seen: dict[tuple[str, ...], int] = {}
    for place, run in enumerate(zip(*(words[n:] for n in range(_RUN)), strict=False)):
        seen[run] = -1 if run in seen else place
    return {run: place for run, place in seen.items() if place >= 0}


def _between(
    a: Sequence[str], b: Sequence[str], x: Sequence[int], y: Sequence[int], left: Pair, right: Pair, shift: int
) -> Iterator[Pair]:
    """Pairs among a[left] and b[right]; `shift`: how much later the right one is here."""
    (i, m), (j, n) = left, right
    same_end = 0
    while m > i and n > j and a[m - 1] == b[n - 1] and abs(y[n - 1] - x[m - 1] - shift) < _FAR_MS:
        same_end += 1
        m, n = m - 1, n - 1
    if (m - i) * (n - j) > _MOST:
        p = (i + m) // 2
        q = bisect_left(y, x[p] + shift, j, n)
        yield from _between(a, b, x, y, (i, p), (j, q), shift)
        yield from _between(a, b, x, y, (p, m), (q, n), shift)
    elif m > i and n > j:
        for p, q in _cheapest(a[i:m], b[j:n], [t + shift for t in x[i:m]], y[j:n]):
            yield p + i, q + j
    for back in range(same_end, 0, -1):
        yield m + same_end - back, n + same_end - back


def _cheapest(a: Sequence[str], b: Sequence[str], x: Sequence[int], y: Sequence[int]) -> list[Pair]:
    """Equal words on the cheapest way through the table of all pairs."""
    numbers = {word: n for n, word in enumerate({*a, *b})}
    p, q = (np.array([numbers[w] for w in words], np.int32) for words in (a, b))
    apart = np.abs(np.subtract.outer(np.array(x, np.int64), np.array(y, np.int64)))
    cost = (np.minimum(apart, _FAR_MS) * _FAR // _FAR_MS).astype(np.int32)
    cost += np.where(np.not_equal.outer(p, q), np.int32(_EXCHANGED), np.int32(0))
    table = np.empty((len(a) + 1, len(b) + 1), np.int32)
    put_in = np.arange(len(b) + 1, dtype=np.int32) * _LEFT_OUT
    table[0] = put_in
    for n in range(len(a)):
        row = table[n] + _LEFT_OUT
        np.minimum(row[1:], table[n, :-1] + cost[n], out=row[1:])
        # The cheapest way to a cell from any cell to its left: each step costs the same.
        table[n + 1] = np.minimum.accumulate(row - put_in) + put_in
    pairs: list[Pair] = []
    i, j = len(a), len(b)
    while i and j:
        if table[i, j] == table[i - 1, j - 1] + cost[i - 1, j - 1]:
            i, j = i - 1, j - 1
            if a[i] == b[j]:
                pairs.append((i, j))
        elif table[i, j] == table[i - 1, j] + _LEFT_OUT:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]
