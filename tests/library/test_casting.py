"""Who speaks for whom survives a restart and goes with its recording."""

from __future__ import annotations

from pathlib import Path

from studio.core.jobs import JobOptions
from studio.core.speaking import Casting, Delivery, Manner
from studio.library import Home, Library
from studio.library.casting import manner_from


def test_voices_and_decisions_are_there_after_a_restart_and_go_with_the_job(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").prepared()
    library = Library(home)
    job = library.jobs.add("talk.wav", "talk", "c1", 1_000, "cpu", JobOptions())
    assert library.casting.get(job.id) == Casting()
    casting = Casting(hurried=frozenset({3, -1}), limit=1.4, ducked=20.0, left=frozenset({5}))
    casting = casting.with_manner("S1", Manner("kokoro/af_heart", Delivery(-2, 1.1))).with_manner(None, Manner())
    library.casting.put(job.id, casting)
    library.close()
    library = Library(home)
    assert library.casting.get(job.id) == casting
    library.casting.put(job.id, Casting())
    assert library.casting.get(job.id) == Casting()
    library.jobs.remove(job.id)
    library.casting.put(job.id, casting)  # it was removed by another window meanwhile
    assert library.casting.get(job.id) == Casting()
    library.close()


def test_whoever_has_no_voice_speaks_as_usual() -> None:
    usual = Manner("hibari/heart", Delivery(tempo=1.2))
    casting = Casting({"S1": Manner("espeak/de"), "S2": Manner("", Delivery(pitch=3))})
    assert casting.manner("S1", usual) == Manner("espeak/de")
    assert casting.manner("S2", usual) == Manner("hibari/heart", Delivery(pitch=3))
    assert casting.manner("S3", usual) == casting.manner(None, usual) == usual


def test_a_cue_is_said_faster_or_left_and_what_is_gone_is_forgotten() -> None:
    casting = Casting().hurry([1, 2]).leave([2, 3])
    assert (casting.hurried, casting.left, casting.decided) == ({1}, {2, 3}, {1, 2, 3})
    assert casting.hurry([3]).left == {2}
    assert casting.only([1, 3]).decided == {1, 3}


def test_numbers_of_another_version_are_not_believed() -> None:
    assert manner_from({"voice": "a", "pitch": 99, "tempo": 1.5}) == Manner("a")
