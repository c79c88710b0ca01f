"""Rule profiles: the published figures, and the user's own as plain data."""

from __future__ import annotations

import json

import pytest

from studio.core.errors import UsageError
from studio.core.profiles import OWN, PROFILES, CueRules, profile, rules_from_dict, rules_in_use, rules_to_dict


def test_published_figures():
    netflix, bbc = PROFILES["netflix"].rules, PROFILES["bbc"].rules
    assert (netflix.max_line, netflix.max_lines, netflix.max_cps) == (42, 2, 20)
    assert (netflix.min_duration, netflix.max_duration, netflix.gap_frames) == (833, 7000, 2)
    assert (bbc.max_line, bbc.max_lines, bbc.max_cps) == (37, 2, 17)
    assert [id for id, p in PROFILES.items() if p.id != id or not p.title] == []


def test_own_rules_are_plain_data_and_come_back():
    rules = CueRules(max_line=30, max_cps=12.5, gap_frames=0)
    data = json.loads(json.dumps(rules_to_dict(rules)))
    assert rules_from_dict(data) == rules
    assert profile(OWN, data).rules == rules
    assert profile(OWN).rules == CueRules()
    assert rules_from_dict({"max_line": 30, "of a later version": True}) == CueRules(max_line=30)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"max_line": 3}, "In the subtitle rules, the length of a line cannot be 3."),
        ({"max_cps": "fast"}, "In the subtitle rules, the reading speed in characters a second cannot be 'fast'."),
        ({"gap_frames": True}, "In the subtitle rules, the gap in frames cannot be True."),
        ({"frame_rate": float("nan")}, "In the subtitle rules, the frame rate cannot be nan."),
        ({"min_duration": 5000, "max_duration": 5000}, "In the subtitle rules, the shortest duration is not below"),
    ],
)
def test_impossible_rules_are_refused(data: dict[str, object], sentence: str):
    with pytest.raises(UsageError) as caught:
        rules_from_dict(data)
    assert caught.value.problem.what.startswith(sentence)
    assert caught.value.problem.hint


def test_an_unknown_profile_is_refused():
    with pytest.raises(UsageError, match="no subtitle rules “hbo”"):
        profile("hbo")


def test_rules_that_nobody_chose_or_that_make_no_sense_are_those_of_the_first_set() -> None:
    own = CueRules(max_line=30)
    assert rules_in_use(rules_to_dict(own)) == own
    for stored in (None, {}, {"max_line": "wide"}):
        assert rules_in_use(stored) == next(iter(PROFILES.values())).rules
