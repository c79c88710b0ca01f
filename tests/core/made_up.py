"""Transcripts that nobody said, for tests of what changes times and cues."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from studio.core.edits import Edit, apply, order
from studio.core.transcript import Segment, Speaker, Transcript, Word

TEXTS = st.one_of(
    st.sampled_from(
        ["Yes.", "no,", "the", "because", "Donaudampfschifffahrt", "今日は", "です。", "مرحبا", "-->", "(a"]
    ),
    st.text(st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=50),
)


def spoken(text: str, start: int = 0, each: int = 350, speaker: str | None = None, id: int = 1) -> Segment:
    """Words in a row, each lasting `each` milliseconds less a pause of 20."""
    words = (Word(w, start + n * each, start + (n + 1) * each - 20) for n, w in enumerate(text.split()))
    return Segment.from_words(words, speaker, id)


@st.composite
def transcripts(draw: st.DrawFn, least: int = 0) -> Transcript:
    """Segments in order, some overlapping, some without words, some empty, with comments and flags."""
    segments = []
    clock = draw(st.sampled_from([0, 5_000, 3_600_000]))
    for id in range(1, draw(st.integers(least, 7)) + 1):
        start, words = clock, []
        for _ in range(draw(st.integers(0, 14))):
            begin = max(0, clock + draw(st.sampled_from([0, 0, 0, -5, 20, 300, 2500])))
            clock = begin + draw(st.sampled_from([0, 60, 200, 350, 700, 11_000]))
            line, space = draw(st.sampled_from([False] * 8 + [True])), draw(st.sampled_from([True] * 4 + [False]))
            words.append(Word(draw(TEXTS), begin, clock, None, space, line and bool(words)))
        segment = Segment.from_words(words, id=id) if words else Segment(start, clock + 500, "", id=id)
        if draw(st.booleans()):
            segment = Segment(segment.start, segment.end, segment.text, id=id)
        notes = {"comment": draw(st.sampled_from(["", "", "look"])), "flagged": draw(st.booleans())}
        speaker = draw(st.sampled_from([None, "S1", "S2"]))
        segments.append(
            Segment(segment.start, segment.end, segment.text, segment.words, speaker, segment.confidence, id, **notes)
        )
        clock = max(segment.start, clock + draw(st.sampled_from([0, 40, 500, 4000, -800])))
    segments.sort(key=order)
    duration = draw(st.sampled_from([0, max((s.end for s in segments), default=0) + 2000]))
    return Transcript(tuple(segments), (Speaker("S1", "Anna"), Speaker("S2", "Bob")), duration=duration)


def letters(text: str) -> str:
    return re.sub(r"\s", "", text)


def said(transcript: Transcript) -> dict[str | None, str]:
    """All letters of each speaker, in order."""
    return {
        speaker: "".join(letters(s.text) for s in transcript.segments if s.speaker == speaker)
        for speaker in (None, "S1", "S2")
    }


def done(transcript: Transcript, edit: Edit | None) -> Transcript:
    """The transcript after an edit, which must be a sound one: it can be undone, and leaves segments in order."""
    if edit is None:
        return transcript
    after = apply(transcript, edit)
    assert apply(after, edit.inverse()) == transcript
    assert list(after.segments) == sorted(after.segments, key=order)
    assert len({s.id for s in after.segments}) == len(after.segments)
    assert all(0 <= s.start <= s.end for s in after.segments)
    changed = {s.id for s in edit.before} | {s.id for s in edit.after}
    for segment in transcript.segments:
        assert segment.id in changed or segment in after.segments
    return after
