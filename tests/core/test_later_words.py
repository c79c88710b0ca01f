"""Words that are made when somebody looks at them are those that would have been made at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import TEXTS, spoken, transcripts

from studio.core.replace import Query, replace_all
from studio.core.retext import retext, retext_later
from studio.core.transcript import LaterWords, Segment, Transcript, Word, join_words

_TYPED = st.one_of(TEXTS, st.sampled_from([" ", "  ", "\n", "\t", "\u00a0", "\u3000", "\u202f", ""]))


class Counted(LaterWords):
    """Counts how often it is made."""

    def __init__(self, words: tuple[Word, ...]) -> None:
        super().__init__()
        self.words, self.times = words, 0

    def make(self) -> tuple[Word, ...]:
        self.times += 1
        return self.words


@given(st.data())
def test_another_text_gives_the_same_segment_now_and_later(data: st.DataObject) -> None:
    """Pieces of the text are taken out, put in and glued together, also with white space of all kinds."""
    segment = data.draw(transcripts(least=1)).segments[0]
    now = later = segment
    for _ in range(data.draw(st.integers(1, 4))):
        text = now.text
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 12)))
        typed = "".join(data.draw(st.lists(_TYPED, max_size=3)))
        text = text[:start] + typed + text[end:]
        now, later = retext(now, text), retext_later(later, text)
        assert later.text == now.text
        assert bool(later.words) == bool(now.words)
    assert later == now
    assert hash(later.words) == hash(tuple(now.words))
    assert not later.words or join_words(later.words) == later.text


@pytest.mark.parametrize("text", ["", " ", "\n", "two", " two", "two ", "one  two"])
def test_what_is_left_of_a_text(text: str) -> None:
    now, later = (of(spoken("one two"), text) for of in (retext, retext_later))
    assert (later, bool(later.words)) == (now, bool(now.words))


def test_nothing_is_made_before_it_is_needed_and_then_only_once() -> None:
    made = Counted(tuple(spoken("one two three").words))
    segment = spoken("one two three")._replace(words=made)
    edit = replace_all(Transcript((segment,)), Query("two"), "four")
    assert edit
    assert edit.changes
    assert edit.retexted
    assert segment._replace(flagged=True).words
    assert made.times == 0
    assert edit.after[0].words == (made.words[0], Word("four", 350, 680), made.words[2])
    assert [w.text for w in edit.after[0].words[1:]] == ["four", "three"]
    assert made.times == 1


def test_changes_upon_changes_that_nobody_looked_at() -> None:
    """As many as a day of replacing brings: the words are found all the same."""
    now = later = spoken("one two three")
    for number in range(2_000):
        now, later = (of(segment, f"one {number} three") for of, segment in ((retext, now), (retext_later, later)))
    assert later == now


def test_equal_to_a_tuple_in_both_directions() -> None:
    words = tuple(spoken("one two").words)
    later = Counted(words)
    assert later == words
    assert words == later
    assert later == Counted(words)
    assert later != words[:1]
    assert Segment(0, 9, "one two", words) == Segment(0, 9, "one two", later)
