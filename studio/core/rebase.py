"""Changes made to a transcript that others have changed meanwhile: made again on top of theirs. Pure functions.

What only one side has changed of a segment is taken from that side, of a text word for word (see merging.py): no word
goes or is there twice, however others have cut and joined the passage; where both have put something in place of the
same words, the user's own stands and theirs is one undo away. Cutting and joining have no place where others have
written meanwhile.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import count

from .edits import SHORTEST, Edit, order, retime
from .merging import Theirs, joined, merged, pieces
from .retext import retext, text_spans
from .transcript import Segment, Speaker, Transcript, Word

_Change = tuple[dict[int, Segment], list[Segment]]  # what goes, by id, and what comes


def rebased(edits: Iterable[Edit], transcript: Transcript) -> tuple[list[Edit], list[str]]:
    """Changes made one after the other to an older state, for the state it is in now; and names of those without a
    place: their passages are gone, or others have written in what was to be cut, joined or deleted."""
    fitting, fitted, lost = _Fitting(transcript), list[Edit](), list[str]()
    for edit in edits:
        made = fitting.fit(edit)
        if made is None:
            lost.append(edit.name)
        elif made.changes:
            fitted.append(made)
    return fitted, lost


class _Fitting:
    """The transcript as it is after what was fitted so far, and what became of ids that others have given, too."""

    def __init__(self, transcript: Transcript) -> None:
        self._now = {s.id: s for s in transcript.segments}
        self._speakers = transcript.speakers
        self._ids: dict[int, int] = {}
        self._people: dict[str, str] = {}
        self._places: _Places | None = None  # made when it is needed first

    def fit(self, edit: Edit) -> Edit | None:
        speakers = self._listed(edit) if edit.changes_speakers else self._speakers
        recut = {s.id for s in edit.before} != {s.id for s in edit.after}
        change = self._recut(edit) if recut else self._rewrite(edit)
        if change is None:
            return None
        gone, after = change
        known = {s.id for s in speakers}
        for n, made in enumerate(after):
            if made.speaker is not None and made.speaker not in known:
                speaker = _speaker_at((made.start + made.end) // 2, gone.values())
                after[n] = made._replace(speaker=speaker if speaker in known else None)
        fitted = Edit(edit.name, tuple(sorted(gone.values(), key=order)), tuple(sorted(after, key=order)))
        if speakers != self._speakers:
            fitted = replace(fitted, speakers_before=self._speakers, speakers_after=speakers)
        for id in gone:
            del self._now[id]
        self._now.update((s.id, s) for s in after)
        if self._places:
            self._places.change(gone.values(), after)
        self._speakers = speakers
        return fitted

    def _recut(self, edit: Edit) -> _Change | None:
        """Passages come, go, or are cut anew: only where the same words stand there in the same order."""
        gone: dict[int, Segment] = {}
        untouched = True
        for old in edit.before:
            held = self._holding(old, self._now.get)
            if not held:
                return None
            untouched = untouched and len(held) == 1 and _content(held[0]) == _content(old)
            gone.update((s.id, s) for s in held)
        if not untouched and _told(gone.values()) != _told(edit.before):
            return None
        old_of = {s.id: s for s in edit.before}
        kept = {self._id(s.id) for s in edit.after if s.id in old_of}
        used = self._now.keys() - gone.keys() | kept
        lowest = min([0, *used, *(s.id for s in edit.after)])
        after = []
        for segment in edit.after:
            id, made = self._id(segment.id), self._speaks(segment)
            if segment.id in old_of and id in gone:
                now = gone[id] if untouched else made._replace(comment=gone[id].comment, flagged=gone[id].flagged)
                made = _changed(old_of[segment.id], made, now)
            elif id in used:  # others have given it, or it was made of another one of ours
                id = self._ids[segment.id] = lowest = lowest - 1
            used.add(id)
            after.append(made._replace(id=id))
        return gone, after

    def _rewrite(self, edit: Edit) -> _Change | None:
        """Passages get another text or other times, speakers, comments or flags."""
        work: dict[int, Segment] = {}
        touched: dict[int, Segment] = {}
        for old, segment in zip(edit.before, _like(edit.before, edit.after), strict=True):
            new = self._speaks(segment)
            held = self._holding(old, lambda id: work.get(id) or (None if id in touched else self._now.get(id)))
            if len(held) == 1 and _content(held[0]) == _content(old):
                made = [_changed(old, new, held[0])]
            elif not held:
                continue  # others have taken it away
            else:
                rewritten = _rewritten(old, new, held)
                if rewritten is None:
                    return None
                made = rewritten
            for segment in held:
                touched.setdefault(segment.id, self._now[segment.id])
                work.pop(segment.id, None)
            work.update((s.id, s) for s in made)
        return (touched, list(work.values())) if touched or not edit.before else None

    def _holding(self, old: Segment, now: Callable[[int], Segment | None]) -> list[Segment]:
        """Where the passage is by now, in order: what has its id, unless that is another one, and all its words."""
        same = now(self._id(old.id))
        if same is not None and _content(same) == _content(old):
            return [same]
        if self._places is None:
            self._places = _Places(self._now.values())
        found = {s.id: s for id in self._places.of(old.words) if (s := now(id))}
        if same is not None and (same.id in found or _overlap(same, old)):
            found[same.id] = same
        if len(found) != 1 or not set(old.words) <= {w for s in found.values() for w in s.words}:
            text = {piece.strip() for piece in pieces(old.text)}
            near = [s for id in self._places.around(old) if (s := now(id)) and _overlap(s, old)]
            found.update((s.id, s) for s in near if not text.isdisjoint(p.strip() for p in pieces(s.text)))
        return sorted(found.values(), key=order)

    def _id(self, id: int) -> int:
        return self._ids.get(id, id)

    def _speaks(self, segment: Segment) -> Segment:
        return segment._replace(id=self._ids.get(segment.id, segment.id), speaker=self._person(segment.speaker))

    def _person(self, id: str | None) -> str | None:
        return None if id is None else self._people.get(id, id)

    def _listed(self, edit: Edit) -> tuple[Speaker, ...]:
        """The list of speakers with what the edit changes in it; those who speak by now stay in it."""
        old, new = (
            {self._people.get(s.id, s.id): s for s in side} for side in (edit.speakers_before, edit.speakers_after)
        )
        own = {self._ids.get(s.id, s.id) for s in edit.before}
        used = {s.speaker for id, s in self._now.items() if id not in own}
        listed = [
            replace(new[s.id], id=s.id) if s.id in new and s.id in old and new[s.id] != old[s.id] else s
            for s in self._speakers
            if s.id not in old or s.id in new or s.id in used
        ]
        for id, speaker in new.items():
            if id not in old:
                taken = {s.id for s in listed}
                free = next(f"S{n}" for n in count(1) if f"S{n}" not in taken | used) if id in taken else id
                self._people[speaker.id] = free
                listed.append(replace(speaker, id=free))
        return tuple(listed)


class _Places:
    """Where words stand, and which segments lie where in time."""

    def __init__(self, segments: Iterable[Segment]) -> None:
        self._words: dict[Word, int] = {}
        self._spans: dict[int, set[int]] = {}
        self.change((), segments)

    def change(self, gone: Iterable[Segment], come: Iterable[Segment]) -> None:
        for segment in gone:
            for word in segment.words:
                if self._words.get(word) == segment.id:
                    del self._words[word]
            for span in _spans(segment):
                self._spans[span].discard(segment.id)
        for segment in come:
            self._words.update(dict.fromkeys(segment.words, segment.id))
            for span in _spans(segment):
                self._spans.setdefault(span, set()).add(segment.id)

    def of(self, words: Iterable[Word]) -> set[int]:
        return {self._words[w] for w in words if w in self._words}

    def around(self, segment: Segment) -> set[int]:
        return {id for span in _spans(segment) for id in self._spans.get(span, ())}


def _spans(segment: Segment) -> range:
    """The stretches of ten seconds that it lies in."""
    return range(segment.start // 10_000, segment.end // 10_000 + 1)


def _content(segment: Segment) -> tuple[object, ...]:
    return segment.text, segment.words, segment.start, segment.end


def _like(before: Iterable[Segment], after: Iterable[Segment]) -> list[Segment]:
    """What becomes of each of `before`."""
    by_id = {s.id: s for s in after}
    return [by_id[s.id] for s in before]


def _overlap(one: Segment, other: Segment) -> bool:
    return one.start < max(other.end, other.start + 1) and other.start < max(one.end, one.start + 1)


def _told(segments: Iterable[Segment]) -> list[str]:
    """The words of segments in order of time; a changed time is another word."""
    found: list[str] = []
    for segment in sorted(segments, key=order):
        if segment.words:
            found += [f"{w.text} {w.start} {w.end}" for w in segment.words]
        else:
            found += [piece.strip() for piece in pieces(segment.text)]
    return found


def _changed(old: Segment, new: Segment, now: Segment) -> Segment:
    """Ours, `old` become `new`, made to `now`, which says what `old` said."""
    made = new if _content(new) != _content(old) else now
    return _marked(old, new, now, made)


def _marked(old: Segment, new: Segment, now: Segment, made: Segment) -> Segment:
    """`made` with id, speaker, comment and flag of `now`, or of `new` where we have changed them."""
    return made._replace(
        id=now.id,
        speaker=new.speaker if new.speaker != old.speaker else now.speaker,
        comment=new.comment if new.comment != old.comment else now.comment,
        flagged=new.flagged if new.flagged != old.flagged else now.flagged,
    )


def _rewritten(old: Segment, new: Segment, held: list[Segment]) -> list[Segment] | None:
    """Ours made to what others have made of the same passage; None where there is no telling."""
    moved = (new.start, new.end) != (old.start, old.end)
    by_id = {s.id: s for s in held}
    if new.text != old.text and len(held) > 1 and _told(held) == _told([old]):
        return [_marked(old, new, held[0], new)]  # they have only cut it: what was written in is one again
    if new.text != old.text:
        by_id = _merged(old, new, held)
    elif moved and (len(held) > 1 or (held[0].start, held[0].end) != (old.start, old.end)):
        return None  # they have moved it, cut it, or joined it with something
    elif moved:
        by_id = {held[0].id: retime(held[0], new.start, max(new.end, new.start + SHORTEST))}
    elif new.words != old.words and (new.speaker, new.comment, new.flagged) == (old.speaker, old.comment, old.flagged):
        return None
    return [_marked(old, new, now, by_id[now.id]) for now in held if now.id in by_id]


def _merged(old: Segment, new: Segment, held: list[Segment]) -> dict[int, Segment]:
    """Both texts, in the segments where others have left the words; one that has no word any more goes."""
    theirs = [piece for s in held for piece in _theirs(s, old)]
    texts: dict[int, list[str]] = {s.id: [] for s in held}
    for piece, id in merged(pieces(old.text), pieces(new.text), theirs):
        texts[id].append(piece)
    if not theirs:
        return {held[0].id: retext(held[0], new.text)}
    made = {s.id: retext(s, joined(texts[s.id])) for s in held}
    left = {id: s for id, s in made.items() if s.text}
    return left or {held[0].id: made[held[0].id]}


def _theirs(segment: Segment, old: Segment) -> Iterator[Theirs]:
    """The pieces of a segment, and whether they are of the passage that was `old`."""
    within = old.start <= segment.start and segment.end <= old.end
    spans = text_spans(segment) if segment.words else []
    ends = [end for _, end in spans]
    at = 0
    for piece in pieces(segment.text):
        at += len(piece)
        if spans:
            word = segment.words[min(bisect_left(ends, at - (len(piece) - len(piece.rstrip()))), len(spans) - 1)]
            middle = (word.start + word.end) // 2
            yield Theirs(piece, segment.id, -1 if middle < old.start else int(middle >= old.end))
        else:
            yield Theirs(piece, segment.id, 0, within)


def _speaker_at(ms: int, segments: Iterable[Segment]) -> str | None:
    """Who spoke there before, None where nobody did."""
    return next((s.speaker for s in segments if s.start <= ms < s.end), None)
