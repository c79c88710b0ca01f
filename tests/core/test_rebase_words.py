"""Whatever two people do to one text at the same time, no word of either goes and none is there twice."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core import edits
from studio.core.edits import Edit, apply
from studio.core.errors import UsageError
from studio.core.merging import joined, pieces
from studio.core.profiles import DEFAULT
from studio.core.rebase import rebased
from studio.core.reflow import reflow
from studio.core.transcript import Segment, Transcript, Word, join_words

CUTS = ("split", "merge", "insert text", "times", "re-flow", "flag")
WRITES = (*CUTS, "other word", "replace all")


def talk(timed: bool) -> Transcript:
    """Four passages of three words, each word there once."""
    said = []
    for n in range(1, 5):
        words = [Word(f"w{n}{letter}", 2000 * n + 500 * m, 2000 * n + 500 * m + 400) for m, letter in enumerate("abc")]
        segment = Segment.from_words(words, id=n)
        said.append(segment if timed else Segment(segment.start, segment.end, segment.text, id=n))
    return Transcript(tuple(said))


def change(now: Transcript, kind: str, new: str, pick: random.Random) -> Edit:
    """`new`: a word that is not there yet."""
    row = pick.randrange(len(now.segments))
    segment = now.segments[row]
    words = segment.text.split(" ")
    at = pick.randrange(len(words) + 1)
    match kind:
        case "split":
            spaces = [n + 1 for n, letter in enumerate(segment.text) if letter.isspace()]
            return edits.split(segment, pick.choice(spaces or [0]), next(edits.fresh_ids(now.segments)))
        case "merge":
            return edits.merge(now.segments[row : row + 2])
        case "insert text":
            return edits.set_text(segment, " ".join([*words[:at], new, *words[at:]]))
        case "other word":
            return edits.set_text(segment, " ".join([*words[: at - 1], new, *words[at:]] if at else [new, *words[1:]]))
        case "replace all":
            made = [edits.set_text(s, s.text.replace("a", f"a{new}")) for s in now.segments]
            return edits.combined("replace all", made)
        case "times":
            start = max(0, segment.start + pick.randrange(-300, 300))
            return edits.set_times(now.segments, row, start, max(segment.end + pick.randrange(-300, 300), start + 50))
        case "re-flow":
            return reflow(now, DEFAULT)
        case _:
            return edits.flag([segment])


def done(
    first: Transcript, kinds: list[str], mark: str, pick: random.Random
) -> tuple[Transcript, list[Edit], list[str]]:
    """The text after these changes, the changes, and what each of them wrote."""
    now, made, wrote = first, [], []
    for n, kind in enumerate(kinds):
        new = f"{mark}{n}"
        try:
            edit = change(now, kind, new, pick)
        except UsageError:
            continue
        if edit.changes:
            edit = edits.combined(f"{kind} {n}", [edit])
            now, made, wrote = apply(now, edit), [*made, edit], [*wrote, new]
    return now, made, wrote


def on_top(now: Transcript, ours: list[Edit]) -> tuple[Transcript, list[str]]:
    fitted, lost = rebased(ours, now)
    for edit in fitted:
        assert set(edit.before) <= set(now.segments)
        now = apply(now, edit)
    assert len({s.id for s in now.segments}) == len(now.segments)
    for segment in now.segments:
        assert not segment.words or segment.text == join_words(segment.words)
        assert segment.start <= segment.end
    return now, lost


def words(transcript: Transcript) -> Counter[str]:
    return Counter(word for s in transcript.segments for word in s.text.split())


@pytest.mark.parametrize("timed", [True, False])
@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(CUTS), min_size=1, max_size=5),
    st.lists(st.sampled_from(CUTS), min_size=1, max_size=5),
    st.integers(0, 10**6),
)
def test_no_word_is_lost_or_doubled(timed: bool, theirs: list[str], ours: list[str], seed: int) -> None:
    first, pick = talk(timed), random.Random(seed)
    now, _, _ = done(first, theirs, "they", pick)
    _, made, wrote = done(first, ours, "we", pick)
    outcome, lost = on_top(now, made)
    left = words(outcome)
    assert {w: left[w] for w in words(now)} == dict(words(now))
    for edit, new in zip(made, wrote, strict=True):
        expected = edit.name.startswith("insert text") and edit.name not in lost
        assert left[new] == int(expected), (edit.name, lost)
    typed = [edit.name for edit in made if edit.name.startswith("insert text")]
    if not {"split"} & {name.split()[0] for name in lost}:
        assert not set(typed) & set(lost)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(WRITES), min_size=1, max_size=4),
    st.lists(st.sampled_from(WRITES), min_size=1, max_size=4),
    st.integers(0, 10**6),
)
def test_what_was_written_is_there_once_at_most_and_ours_always(theirs: list[str], ours: list[str], seed: int) -> None:
    first, pick = talk(True), random.Random(seed)
    now, _, _ = done(first, theirs, "they", pick)
    shown, made, _ = done(first, ours, "we", pick)
    outcome, lost = on_top(now, made)
    left = words(outcome)
    assert max(left.values()) == 1
    both = set(words(shown)) & set(words(now))
    assert both <= left.keys()
    if not lost and "replace all" not in (*theirs, *ours):
        assert {w for w in words(shown) if w.startswith("we")} <= left.keys()


@given(st.text(st.sampled_from("ab 東京\n"), max_size=12))
def test_pieces_make_up_the_text(text: str) -> None:
    assert joined(pieces(text)).strip() == text.strip()
