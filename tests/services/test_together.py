"""Several generators at once: nothing is left in the middle, whatever happens to one of them or to who listens."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import closing

from studio.services.together import Done, Failed, together

Work = Generator[str, None, str]


def nothing() -> None:
    """No stop is needed."""


def counted(name: str, steps: int = 3) -> Work:
    for n in range(steps):
        yield f"{name}{n}"
    return name


def test_all_is_told_and_each_ends_with_what_it_returns() -> None:
    told = list(together([lambda n=n: counted(n) for n in "abc"], 2, nothing))  # type: ignore[misc]
    for n, name in enumerate("abc"):
        assert [event for which, event in told if which == n] == [f"{name}{k}" for k in range(3)] + [Done(name)]


def test_nothing_to_do() -> None:
    assert list(together([], 3, nothing)) == []


def test_no_more_than_allowed_at_once_and_in_order() -> None:
    guard, running, most, begun = threading.Lock(), 0, 0, list[int]()
    both = threading.Barrier(2, timeout=10)

    def work(n: int) -> Work:
        nonlocal running, most
        with guard:
            running, most = running + 1, max(most, running + 1)
            begun.append(n)
        both.wait()  # so two of them do run at the same time
        yield "on"
        with guard:
            running -= 1
        return "off"

    for _ in together([lambda n=n: work(n) for n in range(6)], 2, nothing):  # type: ignore[misc]
        pass
    assert most == 2
    assert sorted(begun[:2]) == [0, 1]
    assert set(begun) == set(range(6))


def test_an_error_of_one_does_not_touch_the_others() -> None:
    def broken() -> Work:
        yield "on"
        raise ValueError("no")

    told = list(together([lambda: counted("a"), broken, lambda: counted("c")], 3, nothing))
    (failed,) = [event for which, event in told if isinstance(event, Failed)]
    assert isinstance(failed.error, ValueError)
    assert (0, Done("a")) in told
    assert (2, Done("c")) in told


def test_a_work_that_cannot_even_begin() -> None:
    def broken() -> Work:
        raise ValueError("no")

    ((_, failed),) = together([broken], 1, nothing)
    assert isinstance(failed, Failed)


def test_who_does_not_listen_any_more_waits_until_all_have_ended_by_themselves() -> None:
    stop, ended = threading.Event(), list[str]()

    def work() -> Work:
        try:
            while not stop.wait(0.01):
                yield "on"
            yield "one more"  # as an order that notes how far it came
        except GeneratorExit:
            ended.append("thrown away")
            raise
        ended.append("ended")
        return ""

    begun = []

    def later() -> Work:
        begun.append(1)
        yield "on"
        return ""

    with closing(together([work, work, later], 2, stop.set)) as events:
        next(events)
    assert ended == ["ended", "ended"]
    assert begun == []


def test_to_the_end_is_no_reason_to_stop() -> None:
    stop = threading.Event()
    list(together([lambda: counted("a")], 1, stop.set))
    assert not stop.is_set()
