"""Progress never falls, the time left never grows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studio.core.progress import ProgressMeter


def test_stages_share_the_whole_by_weight() -> None:
    meter = ProgressMeter({"reading": 1, "text": 3}, now=0)
    assert meter.update("reading", 1.0, 1)[0] == 0.25
    assert meter.update("text", 0.5, 2)[0] == 0.625
    assert meter.update("text", 1.0, 3)[0] == 1.0


def test_time_left_is_told_once_it_is_known() -> None:
    meter = ProgressMeter({"text": 1}, now=100)
    assert meter.update("text", 0.01, 100.5)[1] is None
    assert meter.update("text", 0.25, 110)[1] == 30.0


def test_a_resumed_job_goes_on_from_where_it_was() -> None:
    meter = ProgressMeter({"text": 1}, now=0, done=0.5)
    assert meter.update("text", 0.1, 1)[0] == 0.5
    assert meter.update("text", 0.75, 10) == (0.75, 10.0)


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.floats(-1, 2), st.floats(0, 50)), max_size=40))
def test_nothing_runs_backwards(steps: list[tuple[str, float, float]]) -> None:
    meter, now, fraction, eta = ProgressMeter({"a": 1, "b": 2}, now=0), 0.0, 0.0, float("inf")
    for stage, part, wait in steps:
        now += wait
        new_fraction, new_eta = meter.update(stage, part, now)
        assert fraction <= new_fraction <= 1.0
        assert new_eta is None or new_eta <= eta
        fraction, eta = new_fraction, new_eta if new_eta is not None else eta
