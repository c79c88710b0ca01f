"""Where reading text may be broken: tokens, their widths, and how bad a break between two of them is.

Pure functions for `cues`, any thread. Language-light: punctuation first, then small lists of the commonest function
words of six languages; Chinese and Japanese break between characters except beside punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from .transcript import Segment

# Costs in points, see `cues`.
CHEAP_END = 1.0  # up to here a break ends a sentence
_CLAUSE, _BRACKET, _BEFORE_OPENER, _PLAIN, _STICKY = 3.0, 5.0, 7.0, 14.0, 30.0
INSIDE_WORD = 60.0

_SENTENCE_END = tuple(".!?…。！？؟।")
_CLAUSE_END = tuple(",;:–—、，；：،؛")
_CLOSERS = "\"'”’»)]}」』）】》〉"
_OPENERS = tuple('"“„‘«([{「『（【《〈')
_NO_LINE_START = tuple("。、，．！？：；」』）】》〉…ー々ゃゅょっャュョッ,.!?:;)]}%»”’")
_DASHES = ("-", "–", "—")

# After these, and after those below, no break if it can be helped: articles, possessives, prepositions, titles.
_BINDING_WORDS = """
    a an the my your his her its our their this that these those of in on at to for from with by into than as is are
    mr. mrs. ms. dr. prof. st. not very
    der die das den dem des ein eine einen einem einer eines mein dein sein ihr unser kein keine im am zum zur vom beim
    von mit bei aus nach zu für auf an über unter vor durch gegen ohne um sehr nicht z. b. bzw. ca. nr. herr frau
    le la les un une des du de au aux mon ton son ma ta sa mes tes ses ce cette ces à dans sur pour par avec sans m. mme
    el los las una unos unas lo del al mi tu su con por para sin en sobre sr. sra.
    il gli i uno dello della dei degli delle di da nel nella sul sulla per tra fra
    o os as um uma do dos das ao na nos nas em com pelo pela sr
"""
# Before these a break reads well: conjunctions, relatives, and prepositions that open a phrase.
_OPENING_WORDS = """
    and but or so because if when while although though since until unless which who whom whose where that then after
    before about with without from for into through
    und aber oder denn weil dass ob wenn als während obwohl sondern damit bevor nachdem wie welche welcher welches
    et mais ou donc car parce que qui quand lorsque si comme puisque dont
    y pero o porque que quien cuando donde aunque mientras como pues
    e ma perché che quando dove mentre se oppure
    mas porque quem quando onde embora enquanto
"""
_BINDING, _OPENING = frozenset(_BINDING_WORDS.split()), frozenset(_OPENING_WORDS.split())

# A chunk of Chinese or Japanese breaks between characters; Korean has spaces and does not.
_CJK = "\u2e80-\u30ff\u31f0-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_CJK_UNIT = re.compile(f"[「『（【《〈]*[{_CJK}][。、，．！？：；」』）】》〉…ー々\u3000]*|[^{_CJK}]+")
HAS_CJK = re.compile(f"[{_CJK}]")
# Whitespace that may become a line break; no-break spaces and the ideographic space stay where they are.
SPACES = re.compile("[^\\S\u00a0\u202f\u3000]+")


@dataclass(slots=True)
class Token:
    """The smallest thing a cue is cut at: a word, or a piece of one that is longer than a line."""

    text: str
    start: int
    end: int
    width: int
    space: bool  # a space stands before it unless it starts a line
    piece: bool = False  # goes on a word that was cut
    segment: int = -1  # position of its segment in the transcript
    ready: bool = False  # comes from a segment without words: a ready-made subtitle, perhaps
    word: int = -1  # position of its word in the segment, -1 where that has none


@lru_cache(maxsize=65536)
def text_width(text: str) -> int:
    """Columns a text takes: one per code point, two for East Asian wide ones."""
    if text.isascii() or max(text) < "\u1100":  # the first wide character
        return len(text)
    # Python calls unassigned characters full-width; below the first wide one they must count as they do alone.
    return len(text) + sum(c >= "\u1100" and unicodedata.east_asian_width(c) in "WF" for c in text)


def reading_columns(text: str) -> int:
    """Columns of a whole cue for its reading speed: a line break counts as the space it stands for."""
    breaks = text.count("\n") if not text.isascii() and HAS_CJK.search(text) else 0
    return text_width(text) - breaks


def segment_tokens(segment: Segment, index: int, max_line: int) -> list[Token]:
    """The tokens of a segment, in order of time; empty if it has no text."""
    if segment.words:
        tokens: list[Token] = []
        clock = segment.words[0].start
        for position, word in enumerate(segment.words):
            clock = max(clock, word.start)  # words may be out of order by some milliseconds
            end = max(clock, word.end)
            if word.text.isalnum() and (width := text_width(word.text)) <= max_line:
                tokens.append(Token(word.text, clock, end, width, word.space, False, index, False, position))
            else:
                pieces = _timed(_pieces(word.text, word.space, max_line, False), clock, end, index)
                for piece in pieces:
                    piece.word = position
                tokens += pieces
                clock = tokens[-1].start if tokens else clock
        return tokens
    tokens = _timed(_pieces(segment.text, True, max_line, True), segment.start, max(segment.end, segment.start), index)
    for token in tokens:
        token.ready = True
    return tokens


def _pieces(text: str, space: bool, max_line: int, divide: bool) -> list[Token]:
    """Tokens without times. `divide`: also between Chinese and Japanese characters."""
    tokens = []
    for chunk in SPACES.split(text):
        if not chunk:
            continue
        units = _CJK_UNIT.findall(chunk) if divide and HAS_CJK.search(chunk) else [chunk]
        for nth, unit in enumerate(units):
            for part, piece in enumerate(_fitting(unit, max_line)):
                before = space and nth == 0 and part == 0
                tokens.append(Token(piece, 0, 0, text_width(piece), before, part > 0))
        space = True
    return tokens


def _fitting(text: str, max_line: int) -> list[str]:
    """The text in pieces that fit a line, cut between characters but never before a combining mark."""
    pieces = []
    while text_width(text) > max_line:
        cut = width = 0
        while cut < len(text) and width + text_width(text[cut]) <= max_line:
            width += text_width(text[cut])
            cut += 1
        cut = max(cut, 1)
        whole = cut
        while whole > 1 and _continues(text, whole):
            whole -= 1
        cut = whole if whole > 1 else cut
        pieces.append(text[:cut])
        text = text[cut:]
    return [*pieces, text] if text else pieces


def _continues(text: str, at: int) -> bool:
    joiner = "\u200d"
    return unicodedata.category(text[at]).startswith("M") or joiner in text[at - 1 : at + 1]


def _timed(tokens: list[Token], start: int, end: int, index: int) -> list[Token]:
    """Spread tokens from start to end by their widths."""
    total = sum(t.width for t in tokens) or 1
    done = 0
    for token in tokens:
        token.start = start + (end - start) * done // total
        done += token.width
        token.end = start + (end - start) * done // total
        token.segment = index
    return tokens


def break_cost(token: Token, after: Token) -> float:
    """How bad it is to break between two tokens: 0 at the end of a sentence, up to INSIDE_WORD."""
    if after.piece:
        return INSIDE_WORD
    text = token.text
    if not after.space and after.text.startswith(_NO_LINE_START):
        return INSIDE_WORD
    lower = text.lower()
    bare = text.rstrip(_CLOSERS) or text
    if bare.endswith(_SENTENCE_END) and lower not in _BINDING and not (len(bare) == 2 and bare[0].isalpha()):
        return 0.0 if not after.text[0].islower() else _CLAUSE
    if bare.endswith(_CLAUSE_END) or (after.text.startswith(_DASHES) and after.space):
        return _CLAUSE
    if bare != text or after.text.startswith(_OPENERS):
        return _BRACKET
    if text.startswith(_OPENERS) and len(text) == 1:
        return INSIDE_WORD
    if lower in _BINDING or lower in _OPENING:
        return _STICKY
    if after.text.lower() in _OPENING:
        return _BEFORE_OPENER
    return _PLAIN


def wrap_lines(tokens: list[Token], max_line: int, max_lines: int) -> list[list[Token]]:
    """The tokens as few lines as they fit, evenly filled and broken where it reads well.

    More than `max_lines` only if they do not fit otherwise. Every token must fit a line.
    """
    fewest = _line_count(tokens, max_line)
    if fewest == 1:
        return [tokens]
    if fewest > max_lines:
        return _greedy(tokens, max_line)
    return _balanced(tokens, max_line, fewest)


def _balanced(tokens: list[Token], max_line: int, count: int) -> list[list[Token]]:
    """The best way to set the tokens in `count` lines; where they do not fit, the last line is too long."""

    @cache  # the same rest is set behind many first lines
    def best(begin: int, count: int) -> tuple[float, list[list[Token]]]:
        """(cost, lines) of the tokens from there on; cost is infinite if they do not fit."""
        rest = tokens[begin:]
        if count == 1:
            return (0.0 if _width(rest) <= max_line else float("inf")), [rest]
        target = _width(rest) / count
        found: tuple[float, list[list[Token]]] = (float("inf"), [rest])
        width = 0
        for at in range(1, len(rest)):
            width += rest[at - 1].width + (rest[at - 1].space if at > 1 else 0)
            if width > max_line:
                break
            # A line above its share costs more than one below: the longer line reads better at the bottom.
            uneven = abs(width - target)
            cost = break_cost(rest[at - 1], rest[at]) + uneven * (0.6 if width <= target else 0.8)
            if cost >= found[0]:
                continue
            behind, lines = best(begin + at, count - 1)
            if cost + behind < found[0]:
                found = (cost + behind, [rest[:at], *lines])
        return found

    return best(0, count)[1]


def _greedy(tokens: list[Token], max_line: int) -> list[list[Token]]:
    lines: list[list[Token]] = [[]]
    for token in tokens:
        if lines[-1] and _width([*lines[-1], token]) > max_line:
            lines.append([])
        lines[-1].append(token)
    return lines


def _line_count(tokens: list[Token], max_line: int) -> int:
    lines, line = 1, 0
    for token in tokens:
        if line and line + token.width + token.space > max_line:
            lines, line = lines + 1, token.width
        else:
            line += token.width + (token.space if line else 0)
    return lines


def _width(tokens: list[Token]) -> int:
    return sum(t.width + t.space for t in tokens) - tokens[0].space


def line_text(tokens: list[Token]) -> str:
    """A line as shown."""
    return "".join((" " if t.space and n else "") + t.text for n, t in enumerate(tokens))
