"""Another text for a segment that has word times: untouched words keep theirs, new ones share the time of what they
replace. Pure functions, called for every keystroke.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import compress, groupby
from operator import itemgetter, ne

from rapidfuzz.distance import LCSseq, Levenshtein

from .breaks import HAS_CJK
from .transcript import DerivedWords, Segment, Word, join_words

_NO_BREAK = "\u00a0\u202f"  # spaces inside a word, as in “50 €” and French “Quoi ?”
_CHUNK = re.compile(rf"\S+(?:[{_NO_BREAK}]+\S+)*")
_TEXT = itemgetter(0)  # of a word
_LINE = re.compile(r"[ \t]*\n[ \t]*")
_SETTLED = re.compile(r"\S+(?:[ \n]\S+)*")  # a text that its words make up again as it is
_DIFFLIB = 1_000_000  # pairs of words; more, of a few words that come often, take difflib minutes
_IN_MEMORY = 2_000_000_000  # as many pairs take a quarter of a gigabyte; the next best way takes none


def retext(segment: Segment, text: str) -> Segment:
    """The segment with this text. Its words make up the text as far as words can: runs of spaces become one.

    Without words, or with times that cannot be known (everything was deleted before), only the text changes.
    """
    if text == segment.text:
        return segment
    if not segment.words or not text.strip():
        return segment._replace(text=_tidy(text), words=())
    words = _word_for_word(segment, text)
    if words is None:
        words = tuple(_rewritten(segment, text))
        text = join_words(words)
    return segment._replace(text=text, words=words)


def retext_later(segment: Segment, text: str) -> Segment:
    """What `retext` gives, its words reckoned when somebody looks at them: for changes of many segments."""
    # taken apart and put together by hand, which is quicker than _replace(): a replace-all does it for each segment
    start, end, old, words, speaker, confidence, id, comment, flagged = segment
    if not text or text == old or not words:
        return retext(segment, text)
    # mostly so, and quicker than the expression
    plain = text.isprintable() and "  " not in text and text[0] != " " != text[-1]
    if not plain and not _SETTLED.fullmatch(text):
        return retext(segment, text)
    later = _RetextedWords(segment, text)
    return tuple.__new__(Segment, (start, end, text, later, speaker, confidence, id, comment, flagged))


class _RetextedWords(DerivedWords):
    __slots__ = ()

    @staticmethod
    def reckon(before: Segment, change: str) -> Sequence[Word]:
        return retext(before, change).words


def joined(first: Segment, second: Segment) -> Segment:
    """Both texts in one segment under the first one's id; where only one has word times, the other's are reckoned.

    The texts follow one another even where both were said at once; there the words share the time in their order.
    """
    if not first.text.strip() or not second.text.strip():
        kept = first if first.text.strip() else second._replace(id=first.id, speaker=first.speaker)
        return kept._replace(start=min(first.start, second.start), end=max(first.end, second.end))
    start, end = min(first.start, second.start), max(first.end, second.end)
    if not first.words and not second.words:
        return first._replace(start=start, end=end, text=f"{first.text} {second.text}")
    left, right = _in_turn(reckoned_words(first), reckoned_words(second))
    gap = not (HAS_CJK.match(left[-1].text[-1:]) and HAS_CJK.match(right[0].text[:1]))
    words = (*left, right[0]._replace(space=gap, line=False), *right[1:])
    return first._replace(start=start, end=end, text=join_words(words), words=words)


def _in_turn(left: Sequence[Word], right: Sequence[Word]) -> tuple[Sequence[Word], Sequence[Word]]:
    """Words said at once, now one after the other: each side gets its share of the time in which both were said."""
    begin, end = min(w.start for w in right), max(w.end for w in left)
    if begin >= end:
        return left, right
    before, behind = sum(w.end > begin for w in left), sum(w.start < end for w in right)
    middle = begin + (end - begin) * before // (before + behind)

    def earlier(ms: int) -> int:
        return ms if ms <= begin else begin + (ms - begin) * (middle - begin) // (end - begin)

    def later(ms: int) -> int:
        return ms if ms >= end else middle + (ms - begin) * (end - middle) // (end - begin)

    return (
        [w._replace(start=earlier(w.start), end=earlier(w.end)) for w in left],
        [w._replace(start=later(w.start), end=later(w.end)) for w in right],
    )


def reckoned_words(segment: Segment) -> Sequence[Word]:
    """The segment's words; where it has none, those of its text with times in proportion to their length."""
    return segment.words or tuple(_spread(_tokens(segment.text, None), segment.start, segment.end))


def text_spans(segment: Segment) -> list[tuple[int, int]]:
    """Where each word stands in the segment's text, in characters."""
    spans: list[tuple[int, int]] = []
    at = 0
    for number, word in enumerate(segment.words):
        at += bool(number and (word.line or word.space))
        spans.append((at, at + len(word.text)))
        at += len(word.text)
    return spans


def _tidy(text: str) -> str:
    return _LINE.sub("\n", text)


def _word_for_word(segment: Segment, text: str) -> tuple[Word, ...] | None:
    """The quick way, where one word became another and nothing else is new; None where that is not so."""
    words, new = segment.words, text.split(" ")
    if len(new) != len(words) or segment.text.count(" ") + 1 != len(words):
        return None
    changed = [*compress(range(len(new)), map(ne, map(_TEXT, words), new))]  # in C: a replace-all compares all words
    if len(changed) != 1 or not (len(words) > 1 or text.isascii()):
        return None
    number = changed[0]
    wanted, word = new[number], words[number]
    if not wanted.isalnum() and not _CHUNK.fullmatch(wanted):
        return None
    put = Word(wanted, word.start, word.end, None, word.space, word.line)
    return (*words[:number], put, *words[number + 1 :])


def _rewritten(segment: Segment, text: str) -> list[Word]:
    """Words of the new text: the same ones before and after the place of the change, new ones in between."""
    old, spans = segment.text, text_spans(segment)
    head = common_start(old, text)
    tail = common_start(old[head:][::-1], text[head:][::-1])
    stop = len(old) - tail  # old[head:stop] was changed
    first = sum(1 for _, end in spans if end < head or (end == head and _ends_word(text, head)))
    last = len(spans) - sum(1 for start, _ in spans if start > stop or (start == stop and _begins_word(text, tail)))
    last = max(last, first)
    begin = spans[first - 1][1] if first else 0
    end = len(text) - (len(old) - spans[last][0]) if last < len(spans) else len(text)
    end = max(end, begin)
    fresh = _matched(segment, first, last, _tokens(text[begin:end], segment.words, behind=first > 0))
    rest = list(segment.words[last:])
    if rest:
        before = text[begin:end]
        gap = before[len(before.rstrip()) :]
        rest[0] = rest[0]._replace(space=bool(gap) or not (first or fresh), line="\n" in gap)
    words = [*segment.words[:first], *fresh, *rest]
    words[0] = words[0]._replace(line=False)
    return words


def common_start(a: str, b: str) -> int:
    """How many characters both begin with; halving, because comparing slices is quicker than looking at each."""
    low, high = 0, min(len(a), len(b))
    if a[:high] == b[:high]:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _ends_word(text: str, at: int) -> bool:
    """Whether a word that ends here in the old text ends here in the new one, too."""
    return at >= len(text) or _parts(text[at])


def _begins_word(text: str, tail: int) -> bool:
    at = len(text) - tail
    return at <= 0 or _parts(text[at - 1])


def _parts(char: str) -> bool:
    """Whether a word may end before or begin behind this character."""
    return (char.isspace() and char not in _NO_BREAK) or bool(HAS_CJK.match(char))


Token = tuple[str, bool, bool]  # text, a space stands before it, a line break stands before it


def _tokens(text: str, like: Sequence[Word] | None, behind: bool = False) -> list[Token]:
    """The words of a text as people write them; Chinese and Japanese runs are cut into characters.

    `like`: words of the segment; if they are not cut at characters, neither are these. `behind`: the text goes on
    right behind another word.
    """
    found: list[Token] = []
    at = 0
    by_character = not text.isascii() and (like is None or len(like) == 1 or any(not w.space for w in like[1:]))
    for chunk in _CHUNK.finditer(text):
        line = "\n" in text[at : chunk.start()]
        space = chunk.start() > 0 or not (by_character or behind)
        at = chunk.end()
        for piece in _pieces(chunk[0]) if by_character else (chunk[0],):
            bare = piece.rstrip(_NO_BREAK)  # such a space before a character is one between words
            found.append((bare, space, line))
            space, line = bare != piece, False
    return found


def _pieces(chunk: str) -> Iterator[str]:
    if not HAS_CJK.search(chunk):
        yield chunk
        return
    run = ""
    for char in chunk:
        if HAS_CJK.match(char) and char.isalnum():
            if run:
                yield run
            run = char
        else:
            run += char
    if run:
        yield run


def _matched(segment: Segment, first: int, last: int, tokens: list[Token]) -> list[Word]:
    """Words for tokens that stand in place of segment.words[first:last]; equal ones keep their times."""
    if not tokens:
        return []
    old = segment.words[first:last]
    floor = segment.words[first - 1].end if first else segment.start
    ceiling = segment.words[last].start if last < len(segment.words) else segment.end
    there, wanted = [w.text for w in old], [t[0] for t in tokens]
    words: list[Word] = []
    for same, a, b, c, d in _blocks(there, wanted):
        if same:
            words += [w._replace(space=t[1], line=t[2]) for w, t in zip(old[a:b], tokens[c:d], strict=True)]
        elif d > c:
            start = old[a].start if b > a else (old[a - 1].end if a else floor)
            end = old[b - 1].end if b > a else (old[b].start if b < len(old) else ceiling)
            words += _put(old[a:b], tokens[c:d], start, max(start, end))
    return words


def _blocks(there: Sequence[str], wanted: Sequence[str]) -> Iterator[tuple[bool, int, int, int, int]]:
    """there[a:b] and wanted[c:d] in turn: the same, or one in place of the other."""
    if set(there).isdisjoint(wanted):
        yield False, 0, len(there), 0, len(wanted)
        return
    pairs = len(there) * len(wanted)
    if pairs <= _DIFFLIB:
        codes = SequenceMatcher(None, there, wanted, autojunk=False).get_opcodes()
    else:
        codes = [*map(tuple, (LCSseq if pairs <= _IN_MEMORY else Levenshtein).opcodes(there, wanted))]
    for same, group in groupby(codes, key=lambda code: code[0] == "equal"):
        steps = list(group)  # one word left out, one put in …
        yield same, steps[0][1], steps[-1][2], steps[0][3], steps[-1][4]


def _put(old: Sequence[Word], tokens: list[Token], start: int, end: int) -> list[Word]:
    """Words for tokens in place of old ones, none of them equal: by letters, one for one, or in proportion."""
    respaced = _respaced(old, tokens)
    if respaced or len(old) != len(tokens):
        return respaced or _spread(tokens, start, end)
    return [Word(t[0], w.start, w.end, None, *t[1:]) for w, t in zip(old, tokens, strict=True)]


def _respaced(old: Sequence[Word], tokens: list[Token]) -> list[Word]:
    """Where only the spaces between the letters are others: each letter keeps its time. Else nothing."""
    if "".join(w.text for w in old) != "".join("".join(t[0].split()) for t in tokens):
        return []
    edges = [
        (w.start + (w.end - w.start) * n // len(w.text), w.start + (w.end - w.start) * (n + 1) // len(w.text))
        for w in old
        for n in range(len(w.text))
    ]
    words, done = list[Word](), 0
    for text, space, line in tokens:
        begin, done = done, done + len("".join(text.split()))
        start = edges[begin][0]
        words.append(Word(text, start, max(start, edges[done - 1][1]), None, space, line))
    return words


def _spread(tokens: list[Token], start: int, end: int) -> list[Word]:
    """Times in proportion to the number of characters."""
    total = sum(len(t[0]) for t in tokens)
    words, done = list[Word](), 0
    for text, space, line in tokens:
        begin = start + (end - start) * done // total
        done += len(text)
        words.append(Word(text, begin, start + (end - start) * done // total, None, space, line))
    return words
