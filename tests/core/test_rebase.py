"""Two people change the same transcript: what each of them did is made again on top of what the other did."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.core import edits
from studio.core.edits import Edit, apply
from studio.core.rebase import rebased
from studio.core.speakers import split_off
from studio.core.transcript import Segment, Transcript, Turn, Word, default_speakers
from studio.services.transcribe import labelled

Make = Callable[[Transcript], Edit]


def talk(people: tuple[str, ...] = ("S1",)) -> Transcript:
    """Six segments of two words."""
    cut = (
        Segment.from_words(
            [Word(f"{a}{n}", n * 1000 + 500 * m, n * 1000 + 500 * m + 400) for m, a in enumerate("ab")],
            people[0] if people else None,
            n,
        )
        for n in range(1, 7)
    )
    return Transcript(tuple(cut), default_speakers(people))


def both(first: Transcript, theirs: list[Make], ours: list[Make]) -> tuple[Transcript, list[str]]:
    """The transcript with their changes, ours on top; and the names of ours that were lost."""
    now, shown, made = first, first, []
    for make in theirs:
        now = apply(now, make(now))
    for make in ours:
        edit = make(shown)
        shown = apply(shown, edit)
        made.append(edit)
    fitted, lost = rebased(made, now)
    for edit in fitted:
        assert set(edit.before) <= set(now.segments)
        now = apply(now, edit)
    assert len({s.id for s in now.segments}) == len(now.segments)
    return now, lost


def texts(transcript: Transcript) -> list[str]:
    return [s.text for s in transcript.segments]


def of(transcript: Transcript, id: int) -> Segment:
    return next(s for s in transcript.segments if s.id == id)


def test_what_lies_between_two_changed_passages_stays() -> None:
    now, lost = both(talk(), [lambda t: edits.comment(of(t, 3), "x")], [lambda t: edits.flag([of(t, 1), of(t, 6)])])
    assert not lost
    assert texts(now) == texts(talk())
    assert [s.id for s in now.segments if s.flagged] == [1, 6]
    assert of(now, 3).comment == "x"


@pytest.mark.parametrize("theirs", ["their own words", "a1 b1 more"])
def test_a_flag_does_not_bring_an_old_text_back(theirs: str) -> None:
    now, _ = both(talk(), [lambda t: edits.set_text(of(t, 1), theirs)], [lambda t: edits.flag([of(t, 1)])])
    assert (of(now, 1).text, of(now, 1).flagged) == (theirs, True)


def test_times_of_theirs_and_text_of_ours() -> None:
    ours = [lambda t: edits.set_text(of(t, 2), "a2 b2 c")]
    now, _ = both(talk(), [lambda t: edits.set_times(t.segments, 1, 2100, 2950)], ours)
    assert (of(now, 2).text, of(now, 2).start, of(now, 2).end) == ("a2 b2 c", 2100, 2950)
    ours = [lambda t: edits.set_times(t.segments, 1, 2100, 2950)]
    now, _ = both(talk(), [lambda t: edits.set_text(of(t, 2), "a2 b2 c")], ours)
    assert (of(now, 2).text, of(now, 2).start, of(now, 2).end) == ("a2 b2 c", 2100, 2950)


def test_new_passages_that_have_the_same_id_are_two() -> None:
    ours = [lambda t: edits.split(of(t, 6), 2, -1), lambda t: edits.set_text(of(t, -1), "ours")]
    now, lost = both(talk(), [lambda t: edits.split(of(t, 1), 2, -1)], ours)
    assert not lost
    assert texts(now) == ["a1", "b1", "a2 b2", "a3 b3", "a4 b4", "a5 b5", "a6", "ours"]


def test_a_passage_that_was_drawn_and_written_is_kept() -> None:
    ours = [lambda t: edits.insert(9000, 9500, -1), lambda t: edits.set_text(of(t, -1), "new")]
    now, lost = both(talk(), [lambda t: edits.split(of(t, 1), 2, -1)], ours)
    assert not lost
    assert texts(now)[-1] == "new"


def test_a_new_name_and_a_new_speaker_are_kept() -> None:
    ours = [lambda t: split_off(t, [2], "Anna"), lambda t: edits.rename_speaker(t, "S1", "Jo")]
    now, lost = both(talk(), [lambda t: split_off(t, [5], "Ben")], ours)
    assert not lost
    assert {s.name for s in now.speakers} == {"Jo", "Ben", "Anna"}
    assert [now.name_of(s.speaker) for s in now.segments] == ["Jo", "Anna", "Jo", "Jo", "Ben", "Jo"]


def test_speakers_found_meanwhile_cut_what_is_typed_in_no_more() -> None:
    turns = (Turn(0, 2450, "A"), Turn(2450, 9000, "B"))
    now, lost = both(talk(()), [lambda t: labelled(t, turns)], [lambda t: edits.set_text(of(t, 2), "a2 and b2")])
    assert not lost
    assert texts(now) == ["a1 b1", "a2 and b2", "a3 b3", "a4 b4", "a5 b5", "a6 b6"]
    assert None not in {s.speaker for s in now.segments}


def test_what_others_have_joined_is_written_in() -> None:
    now, _ = both(talk(), [lambda t: edits.merge(t.segments[:2])], [lambda t: edits.set_text(of(t, 1), "a1 x b1")])
    assert texts(now)[0] == "a1 x b1 a2 b2"


def test_joining_and_deleting_give_way_to_what_others_have_written() -> None:
    write: Make = lambda t: edits.set_text(of(t, 2), "a2 b2 and more")  # noqa: E731
    for ours in (lambda t: edits.merge(t.segments[:2]), lambda t: edits.delete([of(t, 2)])):
        now, lost = both(talk(), [write], [ours])
        assert lost == [ours(talk()).name]
        assert texts(now)[:2] == ["a1 b1", "a2 b2 and more"]


def test_undo_of_what_others_have_not_touched() -> None:
    split = edits.split(of(talk(), 4), 2, -1)
    now, lost = both(apply(talk(), split), [lambda t: edits.flag([of(t, 1)])], [lambda t: split.inverse()])
    assert not lost
    assert texts(now) == texts(talk())


def test_the_only_passage_is_deleted_while_others_write_in_another_place() -> None:
    alone = Transcript(talk().segments[:1], talk().speakers)
    flagged: Make = lambda t: edits.flag(t.segments)  # noqa: E731
    made, lost = both(alone, [flagged], [lambda t: edits.delete(t.segments)])
    assert made.segments == ()
    assert lost == []


def test_undoing_a_new_speaker_leaves_nobody_where_nobody_was() -> None:
    first = talk(())
    ours = split_off(first, [1])
    theirs = apply(first, ours)
    theirs = apply(theirs, edits.flag(theirs.segments[3:4]))
    (made,), lost = rebased([ours.inverse()], theirs)
    after = apply(theirs, made)
    assert after.speakers == ()
    assert after.segments[0].speaker is None
    assert lost == []
