"""Changes to a transcript as values: each knows what it replaces by what, so it can be undone, stored and replayed.

Pure functions: they make an `Edit`; `apply` gives the changed transcript. What concerns single segments takes these
segments, so that a keystroke in a long transcript looks at one of them; changes of speakers are in `speakers`, of
times in `timing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from .errors import UsageError
from .retext import common_start, joined, retext, text_spans
from .transcript import DerivedWords, Segment, Speaker, Transcript, Word, join_words, mean_confidence

SHORTEST = 40  # milliseconds: one frame at 25 a second; no segment is made shorter


@dataclass(frozen=True, slots=True)
class Edit:
    """Segments `before` give way to segments `after` (matched by id), and the speaker list likewise."""

    name: str  # in the user's words, shown behind "Undo"
    before: tuple[Segment, ...] = ()
    after: tuple[Segment, ...] = ()
    speakers_before: tuple[Speaker, ...] = ()  # the whole list; both empty: speakers untouched
    speakers_after: tuple[Speaker, ...] = ()
    # Milliseconds: where not 0, `after` is each of `before` as `shifted` makes it, which is all that need be stored.
    shift: int = field(default=0, compare=False)
    # Each of `after` is the one of `before` as `retext` makes it of this text, which is all that need be stored.
    retexted: bool = field(default=False, compare=False)

    def inverse(self) -> Edit:
        return Edit(self.name, self.after, self.before, self.speakers_after, self.speakers_before)

    @property
    def changes_speakers(self) -> bool:
        return self.speakers_before != self.speakers_after

    @property
    def changes(self) -> bool:
        return self.before != self.after or self.changes_speakers


def order(segment: Segment) -> tuple[int, int, int]:
    """The key that a transcript's segments are sorted by."""
    return segment.start, segment.end, segment.id


def apply(transcript: Transcript, edit: Edit) -> Transcript:
    gone = {s.id for s in edit.before}
    segments = [s for s in transcript.segments if s.id not in gone]
    if edit.after or edit.before:
        segments = sorted([*segments, *edit.after], key=order)
    speakers = edit.speakers_after if edit.changes_speakers else transcript.speakers
    return replace(transcript, segments=tuple(segments), speakers=speakers)


def fresh_ids(segments: Iterable[Segment]) -> Iterator[int]:
    """Ids for segments that an edit makes: -1, -2, ... below all that are there."""
    return count(min(0, min((s.id for s in segments), default=0)) - 1, -1)


def between(old: Transcript, new: Transcript, name: str = "changed elsewhere") -> Edit:
    """What makes one transcript of the other; segments that are the same stay out of it."""
    before, after = ({s.id: s for s in transcript.segments} for transcript in (old, new))
    return Edit(
        name,
        tuple(s for s in old.segments if after.get(s.id) != s),
        tuple(s for s in new.segments if before.get(s.id) != s),
        old.speakers,
        new.speakers,
    )


def combined(name: str, edits: Sequence[Edit]) -> Edit:
    """Edits made one after the other as one step. Each one's `before` is what the ones before it left."""
    before: dict[int, Segment] = {}
    after: dict[int, Segment] = {}
    for edit in edits:
        for segment in edit.before:
            if after.pop(segment.id, None) is None:
                before[segment.id] = segment
        after.update((s.id, s) for s in edit.after)
    speakers = [e for e in edits if e.changes_speakers]
    return Edit(
        name,
        tuple(sorted(before.values(), key=order)),
        tuple(sorted(after.values(), key=order)),
        speakers[0].speakers_before if speakers else (),
        speakers[-1].speakers_after if speakers else (),
    )


def changed_at(edit: Edit, id: int) -> int:
    """From where on the edit has changed the text of this segment; 0 where it is new, or has the text it had."""
    old, new = (next((s.text for s in some if s.id == id), "") for some in (edit.before, edit.after))
    return common_start(old, new) if old != new else 0


# Text


def set_text(segment: Segment, text: str, name: str = "typing") -> Edit:
    """Another text for a segment; times of untouched words stay."""
    return Edit(name, (segment,), (retext(segment, text),))


def replace_range(segments: Sequence[Segment], start: int, end: int, text: str, name: str = "typing") -> Edit:
    """Put `text` in place of what lies from offset `start` of the first segment to `end` of the last.

    `segments`: all from the first to the last, in order; they become one, under the first one's id and speaker.
    """
    first, last = segments[0], segments[-1]
    if len(segments) == 1:
        return set_text(first, first.text[:start] + text + first.text[end:], name)
    head = retext(first, first.text[:start])
    tail = retext(last, last.text[end:])
    glue = " " if head.text and tail.text and start == len(first.text.rstrip()) and not text else ""
    both = _merged((head, tail)) if head.text and tail.text else tail if tail.text else head
    both = both._replace(id=first.id, speaker=first.speaker, start=first.start, end=max(first.end, last.end))
    whole = first.text[:start] + (text or glue) + last.text[end:]
    return Edit(name, tuple(segments), (retext(both, whole),))


# Cutting and joining


def split(segment: Segment, offset: int, new_id: int, before: Sequence[Segment] = ()) -> Edit:
    """Cut a segment in two at an offset of its text; the first part keeps id, comment and flag.

    `before`: those of `at_same_time_before`. Among such ids say what comes first, and the new one is the lowest: where
    the segment lasts no time each gets the id of the one before it, and the second part keeps the segment's own.
    Raises UsageError where one part would have no text.
    """
    left, right = segment.text[:offset].rstrip(), segment.text[offset:].lstrip()
    if not left or not right:
        raise UsageError("There is nothing to split here.", "Put the caret between two words.")
    words = _cut(segment, offset)
    first = [w for w, (_, end) in words if end <= offset]
    second = [w for w, (_, end) in words if end > offset]
    cut = segment.start + round((segment.end - segment.start) * offset / len(segment.text))
    middle = min(max(first[-1].end if first else cut, segment.start), segment.end)
    start = min(max(second[0].start if second else cut, middle), segment.end)
    if second:
        second[0] = second[0]._replace(space=True, line=False)
    parts = (
        _remade(segment._replace(end=middle), first, left),
        _remade(segment._replace(start=start, id=new_id, comment="", flagged=False), second, right),
    )
    if segment.start < segment.end:
        return Edit("split", (segment,), parts)
    old = (*before, segment)
    ids = [new_id, *(s.id for s in old)]
    return Edit("split", old, tuple(s._replace(id=id) for s, id in zip((*before, *parts), ids, strict=True)))


def at_same_time_before(segments: Sequence[Segment], row: int) -> Sequence[Segment]:
    """Those right before a row that begin and end when it does: all the rows above, in text without times."""
    first, (start, end, *_) = row, segments[row]
    while first and (segments[first - 1].start, segments[first - 1].end) == (start, end):
        first -= 1
    return segments[first:row]


def _cut(segment: Segment, offset: int) -> list[tuple[Word, tuple[int, int]]]:
    """Words with their places in the text; one that the offset is inside of is cut in two, its time in proportion."""
    cut: list[tuple[Word, tuple[int, int]]] = []
    for word, (start, end) in zip(segment.words, text_spans(segment), strict=True):
        if start < offset < end:
            middle = word.start + (word.end - word.start) * (offset - start) // (end - start)
            left, right = word.text[: offset - start].rstrip(), word.text[offset - start :].lstrip()  # “50 €”
            cut.append((word._replace(text=left, end=middle), (start, offset)))
            cut.append((word._replace(text=right, start=middle), (offset, end)))
        else:
            cut.append((word, (start, end)))
    return cut


def _remade(segment: Segment, words: list[Word], text: str) -> Segment:
    """The segment with these words, or this text where word times are unknown."""
    inside = tuple(
        w._replace(start=min(max(w.start, segment.start), segment.end), end=min(max(w.end, segment.start), segment.end))
        for w in words
    )
    text = join_words(inside) if inside else text
    return segment._replace(words=inside, text=text, confidence=mean_confidence(inside) or segment.confidence)


def split_at_time(segment: Segment, ms: int, new_id: int) -> Edit:
    """Cut a segment in two at a time: between the words there, or in proportion where word times are unknown."""
    if not segment.start + SHORTEST <= ms <= segment.end - SHORTEST:
        raise UsageError("The playhead is not inside a passage.", "Move it into the passage to split.")
    if segment.words:
        spans = text_spans(segment)
        number = sum(1 for w in segment.words if (w.start + w.end) / 2 < ms)
        offset = spans[number][0] if number < len(spans) else len(segment.text)
    else:
        share = (ms - segment.start) / (segment.end - segment.start)
        offset = _nearest_break(segment.text, round(share * len(segment.text)))
    edit = split(segment, offset, new_id)
    first, second = edit.after
    if not segment.words:
        first, second = first._replace(end=ms), second._replace(start=ms)
    return replace(edit, after=(first, second))


def merge(segments: Sequence[Segment]) -> Edit:
    """Join neighbouring segments, in order, into the first one."""
    if len(segments) < 2:
        raise UsageError("There is nothing to merge with.", "Select two or more passages, or go to another one.")
    return Edit("merge", tuple(segments), (_merged(segments),))


def _merged(segments: Sequence[Segment]) -> Segment:
    first, whole = segments[0], _joined(segments)
    comments = [s.comment for s in segments if s.comment]
    return whole._replace(
        start=min(s.start for s in segments),
        end=max(s.end for s in segments),
        confidence=mean_confidence(whole.words) if whole.words else first.confidence,
        comment="\n".join(dict.fromkeys(comments)),
        flagged=any(s.flagged for s in segments),
    )


def _joined(segments: Sequence[Segment]) -> Segment:
    """Halves first: one after the other, thousands would take minutes."""
    if len(segments) == 1:
        return segments[0]
    middle = len(segments) // 2
    return joined(_joined(segments[:middle]), _joined(segments[middle:]))


def _nearest_break(text: str, offset: int) -> int:
    """The start of the word nearest to an offset, so that both parts have text where that is possible."""
    starts = [n + 1 for n, c in enumerate(text) if c.isspace() and text[n + 1 :].strip() and text[:n].strip()]
    return min(starts, key=lambda at: abs(at - offset), default=offset)


# Times


def retime(segment: Segment, start: int, end: int) -> Segment:
    """The segment with other times. A move takes the words along; an edge that cuts into words presses them together.

    Raises UsageError for less than a frame.
    """
    if start < 0 or end - start < SHORTEST:
        raise UsageError("A passage lasts at least 0.04 s.", "Move start and end further apart.")
    delta = start - segment.start
    if delta == end - segment.end:
        words = tuple(w._replace(start=w.start + delta, end=w.end + delta) for w in segment.words)
    else:
        words = tuple(
            w._replace(start=min(max(w.start, start), end), end=min(max(w.end, start), end)) for w in segment.words
        )
    return segment._replace(start=start, end=end, words=words)


def shifted(segment: Segment, ms: int) -> Segment:
    """All of its times later. Stored shifts are read by this: what it gives must stay the same."""
    words = _ShiftedWords(segment, ms) if segment.words else ()
    return segment._replace(start=segment.start + ms, end=segment.end + ms, words=words)


class _ShiftedWords(DerivedWords):
    __slots__ = ()

    @staticmethod
    def reckon(before: Segment, change: int) -> Sequence[Word]:
        return [w._replace(start=max(0, w.start + change), end=max(0, w.end + change)) for w in before.words]


def set_times(segments: Sequence[Segment], row: int, start: int, end: int, push: bool = False) -> Edit:
    """Other times for segments[row]. Neighbours are never overlapped more than they were: the edge stops at them.

    With `push` the neighbour's edge gives way instead, down to a frame's length.
    """
    segment = segments[row]
    pushed: list[Segment] = []
    before = segments[row - 1] if row > 0 else None
    after = segments[row + 1] if row + 1 < len(segments) else None
    moved = end - start == segment.end - segment.start
    if before is not None and start < before.end and start < segment.start:
        if push and start - SHORTEST >= before.start:
            pushed.append(retime(before, before.start, start))
        else:
            floor = min(before.start + SHORTEST if push else before.end, segment.start)
            start, end = floor, end + (floor - start if moved else 0)
            if push:
                pushed.append(retime(before, before.start, floor))
    if after is not None and end > after.start and end > segment.end:
        if push and end + SHORTEST <= after.end:
            pushed.append(retime(after, end, after.end))
        else:
            ceiling = max(after.end - SHORTEST if push else after.start, segment.end)
            start, end = start - (end - ceiling if moved else 0), ceiling
            if push:
                pushed.append(retime(after, ceiling, after.end))
    changed = retime(segment, max(start, 0), end)
    others = {s.id: s for s in pushed}
    rows = [s for s in (before, segment, after) if s is not None and (s.id in others or s is segment)]
    return Edit("change times", tuple(rows), tuple(changed if s is segment else others[s.id] for s in rows))


# Segments as wholes


def insert(start: int, end: int, new_id: int, speaker: str | None = None, text: str = "") -> Edit:
    """A new, empty passage."""
    return Edit("new passage", (), (Segment(start, max(end, start + SHORTEST), text, speaker=speaker, id=new_id),))


def delete(segments: Sequence[Segment]) -> Edit:
    return Edit("delete passage" if len(segments) == 1 else f"delete {len(segments)} passages", tuple(segments))


def flag(segments: Sequence[Segment]) -> Edit:
    """Flag them, or take the flags off where all have one."""
    on = not all(s.flagged for s in segments)
    return Edit("flag" if on else "remove flag", tuple(segments), tuple(s._replace(flagged=on) for s in segments))


def comment(segment: Segment, text: str) -> Edit:
    return Edit("comment", (segment,), (segment._replace(comment=text.strip()),))


def relabel(transcript: Transcript, segments: Sequence[Segment], speaker: str) -> Edit:
    """Say who really spoke these segments."""
    if not segments or all(s.id != speaker for s in transcript.speakers):
        raise UsageError("That passage or speaker is not in this transcript.")
    what = "the passage" if len(segments) == 1 else f"{len(segments)} passages"
    return Edit(
        f"give {what} to {transcript.name_of(speaker)}",
        tuple(segments),
        tuple(s._replace(speaker=speaker) for s in segments),
    )


def rename_speaker(transcript: Transcript, speaker: str, name: str) -> Edit:
    """Give a speaker another name, everywhere at once."""
    name = " ".join(name.split())
    if not name:
        raise UsageError("A speaker needs a name.", "Type one, or press Esc to keep the old one.")
    if all(s.id != speaker for s in transcript.speakers):
        raise UsageError("That speaker is not in this transcript.")
    renamed = tuple(replace(s, name=name) if s.id == speaker else s for s in transcript.speakers)
    return Edit(
        f"rename {transcript.name_of(speaker)} to {name}",
        speakers_before=transcript.speakers,
        speakers_after=renamed,
    )
