"""Edits change what they say and nothing else, and every one can be taken back to the letter."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from made_up import done, letters, transcripts

from studio.core import edits
from studio.core.edits import Edit, apply, combined, fresh_ids
from studio.core.errors import UsageError
from studio.core.retext import joined, retext, text_spans
from studio.core.transcript import Segment, Transcript, Word, default_speakers, join_words


def segment(text: str, start: int = 0, id: int = 1, speaker: str | None = "S1") -> Segment:
    """One word each 500 ms, of 400 ms."""
    words = [Word(w, start + 500 * n, start + 500 * n + 400, 0.9) for n, w in enumerate(text.split())]
    return Segment.from_words(words, speaker, id)


def times(segment: Segment) -> dict[str, tuple[int, int]]:
    return {w.text: (w.start, w.end) for w in segment.words}


class TestText:
    def test_untouched_words_keep_their_times_and_a_changed_one_takes_the_place(self) -> None:
        new = retext(segment("the quick brown fox"), "the quick green fox")
        assert times(new) == {"the": (0, 400), "quick": (500, 900), "green": (1000, 1400), "fox": (1500, 1900)}
        assert [w.confidence for w in new.words] == [0.9, 0.9, None, 0.9]

    def test_new_words_share_the_time_there_is(self) -> None:
        new = retext(segment("the fox"), "the very quick fox")
        assert times(new) == {"the": (0, 400), "very": (400, 444), "quick": (444, 500), "fox": (500, 900)}

    def test_a_word_in_two_and_two_in_one(self) -> None:
        assert times(retext(segment("fooba r"), "foo ba r")) == {"foo": (0, 240), "ba": (240, 400), "r": (500, 900)}
        assert times(retext(segment("in to it"), "into it")) == {"into": (0, 900), "it": (1000, 1400)}

    def test_a_line_break_is_no_new_word(self) -> None:
        new = retext(segment("the quick fox"), "the\nquick fox")
        assert new.text == "the\nquick fox"
        assert [w.line for w in new.words] == [False, True, False]
        assert times(new) == times(segment("the quick fox"))
        assert retext(new, "the quick fox") == segment("the quick fox")

    def test_several_places_at_once(self) -> None:
        new = retext(segment("um I think um we should um go"), "I think we should go")
        assert new.text == "I think we should go"
        assert new.words[0].start == 500
        assert new.words[-1] == segment("um I think um we should um go").words[-1]

    def test_in_a_long_passage_of_few_words_too(self) -> None:
        """A way that looks at all pairs of equal words takes minutes for this."""
        said = random.Random(7).choices(["a", "b", "c"], k=10_000)
        before = segment(" ".join(said))
        changed = [f"{w}x" if w == "a" else w for w in said]
        changed[5_000:5_000] = ["put", "in"]
        del changed[2_000]
        after = retext(before, " ".join(changed))
        assert [w.text for w in after.words] == changed
        kept = {(w.text, w.start, w.end) for w in before.words}
        others = [w for w in after.words if w.text in ("b", "c")]
        assert sum((w.text, w.start, w.end) in kept for w in others) >= len(others) - 5
        assert all(a.start <= b.start and a.end <= b.end for a, b in pairwise(after.words))

    def test_chinese_is_changed_by_the_character(self) -> None:
        words = tuple(Word(c, 100 * n, 100 * n + 100, 0.5, False) for n, c in enumerate("今天天气好"))
        old = Segment(0, 500, "今天天气好", words, id=1)
        new = retext(old, "今天天气很好")
        assert new.text == "今天天气很好"
        assert new.words[:4] == words[:4]
        assert new.words[-1] == words[-1]

    def test_without_word_times_none_are_invented(self) -> None:
        assert retext(Segment(0, 900, "old text", id=1), "new text") == Segment(0, 900, "new text", id=1)

    @given(st.text("ab \n", max_size=14), st.text("ab \n", max_size=14))
    def test_text_and_words_always_agree(self, old: str, new: str) -> None:
        before = segment(old) if old.split() else Segment(0, 500, "", id=1)
        after = retext(before, new)
        assert "".join(after.text.split()) == "".join(new.split())
        if after.words:
            assert after.text == join_words(after.words)
            assert [after.text[a:b] for a, b in text_spans(after)] == [w.text for w in after.words]
            assert all(a.start <= b.start and a.end <= b.end for a, b in pairwise(after.words))
            assert after.words[0].start >= before.start
            assert after.words[-1].end <= before.end

    @given(st.lists(st.sampled_from("ab"), min_size=1, max_size=6), st.data())
    def test_typing_one_letter_touches_one_word(self, texts: list[str], data: st.DataObject) -> None:
        before = segment(" ".join(f"{t}{n}" for n, t in enumerate(texts)))
        number = data.draw(st.integers(0, len(texts) - 1))
        at = data.draw(st.integers(text_spans(before)[number][0], text_spans(before)[number][1]))
        after = retext(before, before.text[:at] + "x" + before.text[at:])
        assert [w for n, w in enumerate(after.words) if n != number] == [
            w for n, w in enumerate(before.words) if n != number
        ]
        assert times(after)[after.words[number].text] == (before.words[number].start, before.words[number].end)


class TestCutting:
    def test_split_and_merge_are_inverse(self) -> None:
        whole = segment("one two three")
        edit = edits.split(whole, 4, -1)
        first, second = edit.after
        assert (first.text, first.start, first.end, first.id) == ("one", 0, 400, 1)
        assert (second.text, second.start, second.end, second.id) == ("two three", 500, 1400, -1)
        assert edits.merge(edit.after).after == (whole,)

    def test_a_split_inside_a_word_shares_its_time(self) -> None:
        first, second = edits.split(segment("football"), 4, -1).after
        assert (first.text, first.end, second.text, second.start, second.end) == ("foot", 200, "ball", 200, 400)

    def test_the_note_stays_with_the_first_part(self) -> None:
        noted = edits.comment(segment("one two"), "check").after[0]
        first, second = edits.split(noted, 4, -1).after
        assert (first.comment, second.comment) == ("check", "")
        assert edits.merge([first, second]).after[0].comment == "check"

    @pytest.mark.parametrize("offset", [0, 7, 3])
    def test_no_part_is_empty(self, offset: int) -> None:
        with pytest.raises(UsageError):
            edits.split(segment("one"), offset, -1)

    def test_at_the_playhead(self) -> None:
        first, second = edits.split_at_time(segment("one two three"), 950, -1).after
        assert (first.text, second.text) == ("one two", "three")
        plain = Segment(0, 1000, "one two three four", id=1)
        first, second = edits.split_at_time(plain, 500, -1).after
        assert (first.text, first.end, second.text, second.start) == ("one two", 500, "three four", 500)

    def test_what_is_typed_over_a_selection_joins_its_ends(self) -> None:
        rows = [segment("one two", 0, 1), segment("gone", 2000, 2), segment("three four", 3000, 3)]
        (after,) = edits.replace_range(rows, 4, 6, "and ").after
        assert after.text == "one and four"
        assert times(after)["one"] == (0, 400)
        assert times(after)["four"] == (3500, 3900)
        (after,) = edits.replace_range(rows, 3, 5, "").after
        assert after.text == "one four"

    def test_joining_with_a_segment_without_word_times(self) -> None:
        both = joined(segment("one two"), Segment(1000, 2000, "three four", id=2))
        assert both.text == "one two three four"
        assert times(both)["one"] == (0, 400)
        assert times(both)["four"][1] == 2000

    def test_words_said_at_once_follow_one_another_when_they_are_joined(self) -> None:
        first, second = segment("one two three"), segment("four five", 1200, id=2)
        merged = edits.merge([first, second]).after[0]
        assert merged.text == "one two three four five"
        assert times(merged) == {
            "one": (0, 400),
            "two": (500, 900),
            "three": (1000, 1300),
            "four": (1300, 1600),
            "five": (1700, 2100),
        }

    @settings(max_examples=40, deadline=None)
    @given(transcripts(least=2))
    def test_merged_words_are_in_order_of_time_and_none_is_lost(self, talk: Transcript) -> None:
        assume(all(a.start <= b.start for s in talk.segments for a, b in pairwise(s.words)))
        edit = edits.merge(talk.segments)
        (merged,) = done(talk, edit).segments
        assert letters(merged.text) == "".join(letters(s.text) for s in talk.segments)
        assert not merged.words or merged.text == join_words(merged.words)
        assert all(a.start <= b.start for a, b in pairwise(merged.words))
        told = [t for s in talk.segments for part in (s, *s.words) for t in (part.start, part.end)]
        assert all(min(told) <= w.start <= w.end <= max(told) for w in merged.words)


class TestTimes:
    rows = (segment("a b", 0, 1), segment("c d", 1000, 2), segment("e f", 2000, 3))  # 0-900, 1000-1900, 2000-2900

    def test_an_edge_stops_at_the_neighbour(self) -> None:
        (after,) = edits.set_times(self.rows, 1, 500, 1900).after
        assert (after.start, after.end) == (900, 1900)

    def test_with_push_the_neighbour_gives_way(self) -> None:
        first, second = edits.set_times(self.rows, 1, 500, 1900, push=True).after
        assert (first.end, second.start) == (500, 500)

    def test_a_body_keeps_its_length_and_takes_its_words_along(self) -> None:
        (after,) = edits.set_times(self.rows, 1, 1050, 1950).after
        assert (after.start, after.end, after.words[0].start) == (1050, 1950, 1050)
        (after,) = edits.set_times(self.rows, 1, 1500, 2400).after
        assert (after.start, after.end) == (1100, 2000)

    def test_shorter_than_a_frame_is_refused(self) -> None:
        with pytest.raises(UsageError):
            edits.retime(self.rows[0], 100, 120)

    @given(st.integers(0, 2), st.integers(-500, 4000), st.integers(40, 3000), st.booleans())
    def test_whatever_is_dragged_nothing_overlaps_and_order_stays(
        self, row: int, start: int, length: int, push: bool
    ) -> None:
        transcript = Transcript(self.rows)
        try:
            edit = edits.set_times(self.rows, row, start, start + length, push)
        except UsageError:
            return
        after = apply(transcript, edit)
        assert [s.id for s in after.segments] == [1, 2, 3]
        assert all(a.end <= b.start for a, b in pairwise(after.segments))
        assert all(s.end - s.start >= edits.SHORTEST for s in after.segments)
        assert all(s.start <= w.start <= w.end <= s.end for s in after.segments for w in s.words)


def talk(timed: bool = True) -> Transcript:
    texts = ["Guten Tag zusammen.", "Wie geht es Ihnen heute?", "Gut, danke.", "Das freut mich sehr."]
    rows = tuple(segment(t, 4000 * n, n + 1, f"S{n % 2 + 1}") for n, t in enumerate(texts))
    if not timed:
        rows = tuple(s._replace(start=0, end=0, words=()) for s in rows)
    return Transcript(rows, default_speakers(["S1", "S2"]), "de", 20_000)


def some_edit(data: st.DataObject, now: Transcript) -> Edit:
    rows = now.segments
    new = next(fresh_ids(rows))
    if not rows:
        return edits.insert(0, 1000, new, text="neu")
    row = data.draw(st.integers(0, len(rows) - 1))
    chosen = rows[row]
    last = data.draw(st.integers(row, min(row + 2, len(rows) - 1)))
    kinds = {
        "type": lambda: edits.set_text(chosen, data.draw(st.text("ab c\n", max_size=12))),
        "split": lambda: edits.split(
            chosen, data.draw(st.integers(0, len(chosen.text))), new, edits.at_same_time_before(rows, row)
        ),
        "split at": lambda: edits.split_at_time(chosen, data.draw(st.integers(chosen.start, chosen.end)), new),
        "merge": lambda: edits.merge(rows[row : last + 1]),
        "retime": lambda: edits.set_times(
            rows,
            row,
            data.draw(st.integers(0, 18_000)),
            data.draw(st.integers(0, 18_000)),
            data.draw(st.booleans()),
        ),
        "insert": lambda: edits.insert(chosen.end, chosen.end + 500, new, chosen.speaker),
        "delete": lambda: edits.delete(rows[row : last + 1]),
        "flag": lambda: edits.flag(rows[row : last + 1]),
        "comment": lambda: edits.comment(chosen, data.draw(st.text("ab ", max_size=5))),
        "speaker": lambda: edits.relabel(now, rows[row : last + 1], "S2"),
        "rename": lambda: edits.rename_speaker(now, "S1", data.draw(st.text("AB", min_size=1, max_size=3))),
        "type over": lambda: edits.replace_range(
            rows[row : last + 1],
            data.draw(st.integers(0, len(chosen.text))),
            len(rows[last].text) if last > row else len(chosen.text),
            data.draw(st.text("xy ", max_size=4)),
        ),
    }
    try:
        return kinds[data.draw(st.sampled_from(sorted(kinds)))]()
    except UsageError:
        return edits.flag(rows[:1])


@settings(max_examples=40, deadline=None)
@given(st.data(), st.integers(1, 12), st.booleans())
def test_any_sequence_can_be_taken_back_exactly_and_in_one_go(data: st.DataObject, steps: int, timed: bool) -> None:
    states, made = [talk(timed)], list[Edit]()
    for _ in range(steps):
        edit = some_edit(data, states[-1])
        after = apply(states[-1], edit)
        touched = {s.id for s in (*edit.before, *edit.after)}
        assert [s for s in after.segments if s.id not in touched] == [
            s for s in states[-1].segments if s.id not in touched
        ]
        assert all(edits.order(a) <= edits.order(b) for a, b in pairwise(after.segments))
        assert len({s.id for s in after.segments}) == len(after.segments)
        assert all(not s.words or s.text == join_words(s.words) for s in after.segments)
        assert all(a.start <= b.start for s in after.segments for a, b in pairwise(s.words))
        made.append(edit)
        states.append(after)
    at_once = combined("all", made)
    assert apply(states[0], at_once) == states[-1]
    for edit, before in zip(reversed(made), reversed(states[:-1]), strict=True):
        states[-1] = apply(states[-1], edit.inverse())
        assert states[-1] == before
    assert apply(apply(talk(timed), at_once), at_once.inverse()) == talk(timed)


class TestOddText:
    def test_a_no_break_space_before_a_chinese_character_takes_nothing_away(self) -> None:
        new = retext(segment("a"), "b\u00a0今日\u00a0は")
        assert new.text == "b 今日 は"
        assert [w.text for w in new.words] == ["b", "今", "日", "は"]
        assert join_words(new.words) == new.text

    def test_words_out_of_order_that_are_joined_last_no_less_than_no_time(self) -> None:
        words = (Word("a", 0, 0), Word("b", 10, 12), Word("c", 5, 5))
        new = retext(Segment.from_words(words, id=1), "a bc")
        assert new.words[1] == Word("bc", 10, 10)

    @pytest.mark.parametrize("offset", [4, 5])
    def test_a_cut_at_a_no_break_space_leaves_none_at_the_edges(self, offset: int) -> None:
        words = (Word("a", 0, 90), Word("50\u00a0€", 100, 200))
        cut = edits.split(Segment.from_words(words, id=1), offset, -1)
        assert [[w.text for w in s.words] for s in cut.after] == [["a", "50"], ["€"]]

    def test_passages_of_no_length_keep_their_order_when_one_is_cut(self) -> None:
        texts = ["one", "two", "plain text", "four"]
        now = Transcript(tuple(Segment(0, 0, t, id=n, comment=t) for n, t in enumerate(texts, 1)))
        edit = edits.split(now.segments[2], 5, -1, edits.at_same_time_before(now.segments, 2))
        after = apply(now, edit)
        assert [s.text for s in after.segments] == ["one", "two", "plain", "text", "four"]
        assert [s.comment for s in after.segments] == ["one", "two", "plain text", "", "four"]
        again = edits.split(after.segments[0], 1, -2, edits.at_same_time_before(after.segments, 0))
        assert [s.text for s in apply(after, again).segments] == ["o", "ne", "two", "plain", "text", "four"]
        assert apply(after, edit.inverse()) == now
