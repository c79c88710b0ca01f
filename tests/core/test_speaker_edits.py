"""Who speaks: every change is one step with an exact inverse, and touches nothing but speakers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core import speakers
from studio.core.edits import Edit, apply
from studio.core.errors import UsageError
from studio.core.transcript import Segment, Speaker, Transcript, Word

ANNA, BEN, COY = Speaker("S1", "Anna"), Speaker("S2", "Ben"), Speaker("S3", "Coy")


def said(id: int, speaker: str | None) -> Segment:
    return Segment.from_words([Word(f"w{id}", id * 1000, id * 1000 + 500, 0.5)], speaker, id)


def talk(*who: str | None, listed: tuple[Speaker, ...] = (ANNA, BEN, COY)) -> Transcript:
    return Transcript(tuple(said(n, speaker) for n, speaker in enumerate(who, 1)), listed)


def who(transcript: Transcript) -> list[str | None]:
    return [s.speaker for s in transcript.segments]


def test_merged_speakers_speak_as_one_and_colours_stay() -> None:
    before = talk("S1", "S2", "S3", "S2")
    edit = speakers.merge_speakers(before, ["S2"], "S1")
    after = apply(before, edit)
    assert edit.name == "merge Ben into Anna"
    assert who(after) == ["S1", "S1", "S3", "S1"]
    assert after.speakers == (ANNA, replace(COY, color=2))  # moved up, but as green as before


def test_several_merge_into_one() -> None:
    edit = speakers.merge_speakers(talk("S1", "S2", "S3"), ["S1", "S2"], "S3")
    assert edit.name == "merge Anna and Ben into Coy"
    assert who(apply(talk("S1", "S2", "S3"), edit)) == ["S3", "S3", "S3"]


def test_passages_are_given_to_somebody() -> None:
    before = talk("S1", "S2", "S3", None)
    edit = speakers.reassign(before, [1, 2, 3, 4], "S1")  # the first is Anna's already
    assert edit.name == "give 3 passages to Anna"
    assert who(apply(before, edit)) == ["S1"] * 4
    assert speakers.reassign(before, [3], "S1").name == "give the passage to Anna"
    assert speakers.reassign(before, [1, 99], "S1").after == ()


def test_a_new_speaker_takes_the_passages() -> None:
    before = talk("S1", "S1", "S2", listed=(ANNA, BEN))
    edit = speakers.split_off(before, [2], "  Dora  Öl ")
    after = apply(before, edit)
    assert edit.name == "give the passage to Dora Öl"
    assert who(after) == ["S1", "S3", "S2"]
    assert after.speakers[-1] == Speaker("S3", "Dora Öl")
    with pytest.raises(UsageError, match="No passage is selected"):
        speakers.split_off(before, [], "Dora")


def test_a_new_speaker_has_a_free_id_and_a_free_colour() -> None:
    alone = talk("S2", listed=(replace(BEN, color=1),))
    added = apply(alone, speakers.add_speaker(alone, "")).speakers[-1]
    assert added == Speaker("S1", "Speaker 1", 0)
    third = apply(talk("S4"), speakers.add_speaker(talk("S4"), "Dora")).speakers[-1]
    assert third == Speaker("S5", "Dora")  # S4 speaks, though nobody listed it


def test_two_are_swapped_everywhere_or_in_a_range() -> None:
    before = talk("S1", "S2", "S3", "S1")
    assert who(apply(before, speakers.swap(before, "S1", "S2"))) == ["S2", "S1", "S3", "S2"]
    assert who(apply(before, speakers.swap(before, "S1", "S2", [1, 3]))) == ["S2", "S2", "S3", "S1"]


def test_only_who_says_nothing_is_removed() -> None:
    before = talk("S1", "S3")
    edit = speakers.remove_unused(before)
    assert edit.name == "remove Ben"
    assert apply(before, edit).speakers == (ANNA, replace(COY, color=2))
    assert speakers.remove_unused(before, ["S1", "S3"]).speakers_after == ()


def test_a_colour_of_ones_own() -> None:
    before = talk("S1")
    assert apply(before, speakers.recolor(before, "S2", 7)).speakers[1].color == 7
    assert speakers.recolor(before, "S2", 7).name == "colour of Ben"


@pytest.mark.parametrize(
    "change",
    [
        lambda t: speakers.merge_speakers(t, ["S9"], "S1"),
        lambda t: speakers.merge_speakers(t, ["S1"], "S9"),
        lambda t: speakers.recolor(t, "S9", 1),
        lambda t: speakers.reassign(t, [1], "S9"),
        lambda t: speakers.swap(t, "S1", "S9"),
    ],
)
def test_a_speaker_who_is_not_there(change: Callable[[Transcript], Edit]) -> None:
    with pytest.raises(UsageError, match="not in this transcript"):
        change(talk("S1"))


def test_who_has_no_name_yet() -> None:
    assert speakers.is_unnamed(Speaker("S1", "Speaker 12"))
    assert not speakers.is_unnamed(Speaker("S1", "Speaker for the Dead"))


IDS = st.sampled_from(["S1", "S2", "S3", "S4"])
NUMBERS = st.lists(st.integers(1, 8), min_size=1, max_size=8)
CHANGES = st.one_of(
    st.builds(lambda a, b: lambda t: speakers.merge_speakers(t, a, b), st.lists(IDS, max_size=4), IDS),
    st.builds(lambda n: lambda t: speakers.add_speaker(t, n), st.text(max_size=5)),
    st.builds(lambda i, c: lambda t: speakers.recolor(t, i, c), IDS, st.integers(0, 7)),
    st.builds(lambda n, i: lambda t: speakers.reassign(t, n, i), NUMBERS, IDS),
    st.builds(lambda n, i: lambda t: speakers.split_off(t, n, i), NUMBERS, st.text(max_size=5)),
    st.builds(lambda a, b, n: lambda t: speakers.swap(t, a, b, n), IDS, IDS, st.none() | NUMBERS),
    st.builds(lambda i: lambda t: speakers.remove_unused(t, i), st.none() | st.lists(IDS)),
)


@given(st.lists(st.none() | IDS, min_size=1, max_size=8), st.lists(CHANGES, max_size=8))
def test_any_sequence_of_changes_is_taken_back_exactly(
    speaking: list[str | None], changes: list[Callable[[Transcript], Edit]]
) -> None:
    now = start = talk(*speaking, listed=(ANNA, BEN, COY, Speaker("S4", "Dora")))
    done: list[Edit] = []
    for change in changes:
        try:
            edit = change(now)
        except UsageError:  # that speaker was merged away before
            continue
        now = apply(now, edit)
        done.append(edit)
        assert [s._replace(speaker=None) for s in now.segments] == [s._replace(speaker=None) for s in start.segments]
        assert len({s.id for s in now.speakers}) == len(now.speakers)
        assert {s.speaker for s in now.segments} - {None} <= {s.id for s in now.speakers}
    for edit in reversed(done):
        now = apply(now, edit.inverse())
    assert now == start
