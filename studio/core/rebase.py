"""Changes made to a transcript that others have changed meanwhile: made again on top of theirs. Pure functions.

What only one side has changed of a segment is taken from that side; where both have changed the same text, the user's
own stands and theirs is one undo away. Cutting and joining have no place where others have written meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count

from .edits import SHORTEST, Edit, fresh_ids, order, retime
from .retext import retext
from .transcript import Segment, Speaker, Transcript


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

    def fit(self, edit: Edit) -> Edit | None:
        old = {id: s for s in edit.before if (id := self._ids.get(s.id, s.id)) in self._now}
        if edit.before and not old:
            return None
        speakers = self._listed(edit) if edit.changes_speakers else self._speakers
        new = {self._ids.get(s.id, s.id): s for s in edit.after}
        rewritten = [s for id, s in old.items() if id not in new or _content(new[id]) != _content(s)]
        gone = {id: self._now[id] for id in old} | self._pieces(rewritten, old.keys())
        ids = {self._ids.get(s.id, s.id) for s in edit.before}
        if edit.before and ids != new.keys() and (ids != old.keys() or _wrote(gone.values(), old.values())):
            return None
        known = {s.id for s in speakers}
        after = []
        for segment in edit.after:
            id = self._ids.get(segment.id, segment.id)
            if id in old:
                made = _changed(old[id], self._speaks(segment), self._now[id], len(gone) == len(old))
            elif id in ids:
                continue  # others have taken it away
            else:
                made = replace(self._speaks(segment), id=self._free(id))
                self._ids[segment.id] = made.id
            if made.speaker not in known:
                made = replace(made, speaker=_speaker_at((made.start + made.end) // 2, gone.values()))
            after.append(made)
        fitted = Edit(edit.name, tuple(sorted(gone.values(), key=order)), tuple(sorted(after, key=order)))
        if speakers != self._speakers:
            fitted = replace(fitted, speakers_before=self._speakers, speakers_after=speakers)
        self._now = {id: s for id, s in self._now.items() if id not in gone} | {s.id: s for s in after}
        self._speakers = speakers
        return fitted

    def _pieces(self, rewritten: Sequence[Segment], known: Iterable[int]) -> dict[int, Segment]:
        """What others have cut off segments that are about to get another text: it is part of that text."""
        cut = [s for s in rewritten if self._now[self._ids.get(s.id, s.id)].text != s.text]
        words = {w for s in cut for w in s.words}
        bare = [s for s in cut if not s.words]
        found = {}
        for id, segment in self._now.items() if cut else ():
            middle = (segment.start + segment.end) // 2
            inside = any(s.start <= middle < s.end and segment.text in s.text for s in bare)
            if not words.isdisjoint(segment.words) or (inside and not segment.words):
                found[id] = segment
        return {id: s for id, s in found.items() if id not in set(known)}

    def _free(self, id: int) -> int:
        """An id for a new segment: its own unless another one has it."""
        return id if id not in self._now else next(fresh_ids(self._now.values()))

    def _speaks(self, segment: Segment) -> Segment:
        return replace(segment, id=self._ids.get(segment.id, segment.id), speaker=self._person(segment.speaker))

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


def _content(segment: Segment) -> tuple[object, ...]:
    return segment.text, segment.words, segment.start, segment.end


def _changed(old: Segment, new: Segment, now: Segment, whole: bool) -> Segment:
    """Ours, `old` become `new`, made to `now`. `whole`: nobody has cut it."""
    made = now
    moved = (new.start, new.end) != (old.start, old.end)
    if _content(now) == _content(old) or not whole or (moved and new.text != old.text):
        if _content(new) != _content(old):
            made = new
    elif new.text != old.text:
        around = bool(old.text) and old.text in now.text  # others have joined it with something
        made = retext(now, now.text.replace(old.text, new.text, 1) if around else new.text)
    elif moved:
        made = retime(now, new.start, max(new.end, new.start + SHORTEST))
    elif new.words != old.words:
        made = new
    return replace(
        made,
        id=now.id,
        speaker=new.speaker if new.speaker != old.speaker else now.speaker,
        comment=new.comment if new.comment != old.comment else now.comment,
        flagged=new.flagged if new.flagged != old.flagged else now.flagged,
    )


def _wrote(now: Iterable[Segment], before: Iterable[Segment]) -> bool:
    """Whether there are words that were not there before."""
    before = list(before)
    words, texts = {w for s in before for w in s.words}, [s.text for s in before]
    return any(not words.issuperset(s.words) or not (s.words or any(s.text in t for t in texts)) for s in now)


def _speaker_at(ms: int, segments: Iterable[Segment]) -> str | None:
    """Who spoke there before, None where nobody did."""
    return next((s.speaker for s in segments if s.start <= ms < s.end), None)
