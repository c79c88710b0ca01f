"""A transcript cut again into segments that are subtitle cues, as one edit; and edits as pairs of before and after.

Pure functions for the window's thread and the command line. What stands where is decided by `cues`, when it is shown
by `spacing`. Words keep their times: a cue may begin before its first word and end before or after its last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from .breaks import Token, line_text, reading_columns, segment_tokens, wrap_lines
from .cues import after_all, draft_cues
from .edits import Edit, fresh_ids, order
from .errors import UsageError
from .profiles import CueRules
from .spacing import Spoken, space_out
from .transcript import Segment, Transcript, Word, join_words, mean_confidence

NAME = "re-flow subtitles"


def reflow(transcript: Transcript, rules: CueRules, ids: Collection[int] | None = None) -> Edit:
    """Cut the whole transcript, or the segments with these ids, into cues that keep the rules.

    No word is lost or goes to another speaker; only a word longer than a line is cut. The cue with a segment's first
    word keeps its id, comment and flag. Segments without words are cut by position in the text and still have none.
    Segments without text vanish; a comment or flag of theirs goes to the nearest cue. What is not chosen stays as it
    is and where it is, and cues keep clear of it.
    """
    if ids is not None and not ids:
        raise UsageError("Nothing is selected.", "Select the passages to cut again, or re-flow the whole file.")
    fresh = fresh_ids(transcript.segments)
    end = after_all(transcript)
    before: list[Segment] = []
    after: list[Segment] = []
    reached = None  # where the segments before the block end
    rest = list(transcript.segments)
    for chosen, group in groupby(transcript.segments, key=lambda s: ids is None or s.id in ids):
        block = list(group)
        del rest[: len(block)]
        if chosen:
            low = 0 if reached is None else max(0, min(block[0].start, reached + rules.min_gap))
            high = max(max(s.end for s in block), rest[0].start - rules.min_gap) if rest else end
            before += block
            after += cut_block(block, rules, low, high, fresh)
        else:
            reached = max(reached or 0, *(s.end for s in block))
    same = set(before) & set(after)
    return Edit(
        NAME, tuple(s for s in before if s not in same), tuple(sorted((s for s in after if s not in same), key=order))
    )


def wrapped(segment: Segment, rules: CueRules) -> Segment:
    """The segment with its lines broken anew; more lines than allowed only if it does not fit otherwise."""
    tokens = segment_tokens(segment, 0, rules.max_line)
    if not tokens:
        return segment
    words, text = _content([segment], wrap_lines(tokens, rules.max_line, rules.max_lines))
    return segment._replace(words=words, text=text)


def cut_block(
    block: Sequence[Segment], rules: CueRules, low: int, high: int | None, fresh: Iterator[int]
) -> Iterator[Segment]:
    """The cues of segments that stand in a row, shown between `low` and `high` (milliseconds, None: no end)."""
    drafts = draft_cues(Transcript(tuple(block)), rules)
    contents = [_content(block, wrap_lines(d.tokens, rules.max_line, rules.max_lines)) for d in drafts]
    spoken = [Spoken(d.start, d.end, reading_columns(text)) for d, (_, text) in zip(drafts, contents, strict=True)]
    times = space_out(spoken, rules, low, high)
    begun: set[int] = set()  # positions of segments that a cue has the first word of
    notes = _notes_of_empty(block, {t.segment for d in drafts for t in d.tokens}, times)
    if not drafts:
        yield from (s for s in block if s.comment or s.flagged)
    for number, (draft, (words, text), (start, end)) in enumerate(zip(drafts, contents, times, strict=True)):
        heads = [block[n] for n in dict.fromkeys(t.segment for t in draft.tokens) if n not in begun]
        begun.update(t.segment for t in draft.tokens)
        cue = Segment(
            start,
            end,
            text,
            words,
            draft.run.speaker,
            mean_confidence(words) if words else block[draft.tokens[0].segment].confidence,
            heads[0].id if heads else next(fresh),
        )
        yield with_notes(cue, [*heads, *notes[number]])


def with_notes(segment: Segment, others: Sequence[Segment]) -> Segment:
    """The segment with the comments and flags of others besides its own."""
    by_time = sorted((segment, *others), key=lambda s: s.start)
    comments = dict.fromkeys(s.comment for s in by_time if s.comment)
    return segment._replace(comment="\n".join(comments), flagged=any(s.flagged for s in by_time))


def _notes_of_empty(
    block: Sequence[Segment], spoken: Collection[int], times: Sequence[tuple[int, int]]
) -> Mapping[int, list[Segment]]:
    """The segments without text that have a comment or a flag, by the number of the cue that is nearest to them."""
    nearest: dict[int, list[Segment]] = defaultdict(list)
    for position, segment in enumerate(block):
        if times and position not in spoken and (segment.comment or segment.flagged):
            away = [max(start - segment.end, segment.start - end, 0) for start, end in times]
            nearest[away.index(min(away))].append(segment)
    return nearest


def _content(segments: Sequence[Segment], lines: list[list[Token]]) -> tuple[tuple[Word, ...], str]:
    """Words and text of a cue; no words where its segments have none."""
    if lines[0][0].ready:
        return (), "\n".join(map(line_text, lines))
    words = []
    for number, line in enumerate(lines):
        for position, token in enumerate(line):
            word = segments[token.segment].words[token.word]
            if token.text != word.text:  # a piece of a word, or one without the spaces around it
                word = word._replace(text=token.text, start=token.start, end=token.end)
            begins = number > 0 and position == 0
            if word.space != token.space or word.line != begins:
                word = word._replace(space=token.space, line=begins)
            words.append(word)
    return tuple(words), join_words(words)


@dataclass(frozen=True, slots=True)
class Change:
    """Segments that stood in a stretch of time, and those that stand there after an edit; either may be empty."""

    before: tuple[Segment, ...]
    after: tuple[Segment, ...]


def changes(edit: Edit) -> list[Change]:
    """What an edit changes, in order of time, in pieces as small as can be: segments that overlap are in one."""
    marked = [(s, False) for s in edit.before] + [(s, True) for s in edit.after]
    found: list[Change] = []
    group: list[tuple[Segment, bool]] = []
    reached = 0
    for segment, new in sorted(marked, key=lambda pair: (*_speech(pair[0]), pair[1])):
        start, end = _speech(segment)
        if group and start >= reached:
            found.append(_change(group))
            group, reached = [], 0
        group.append((segment, new))
        reached = max(reached, end, start + 1)
    return [*found, _change(group)] if group else found


def _speech(segment: Segment) -> tuple[int, int]:
    """From when to when it is spoken, which is not when it is shown."""
    return (segment.words[0].start, segment.words[-1].end) if segment.words else (segment.start, segment.end)


def _change(group: list[tuple[Segment, bool]]) -> Change:
    return Change(tuple(s for s, new in group if not new), tuple(s for s, new in group if new))
