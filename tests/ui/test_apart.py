"""Jobs of the same name: what tells them apart is said in both lists, and nothing more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from talks import failed, job

from studio.core.jobs import Job, JobOptions, JobState
from studio.ui.models.apart import apart
from studio.ui.models.queue_model import QueueModel, QueueRole
from studio.ui.queue.queue_view import QueueView


def talk(id: int, folder: str = "/talks", **options: object) -> Job:
    used = JobOptions(**options)  # type: ignore[arg-type]
    return replace(job(id, JobState.DONE, name="talk.wav"), path=f"{folder}/talk.wav", options=used)


def test_one_of_its_name_needs_nothing():
    assert apart([talk(1, model="whisper-small"), job(2)]) == {}


@pytest.mark.parametrize(
    ("jobs", "words"),
    [
        ([talk(1), talk(2, model="whisper-small")], ["base", "small"]),
        ([talk(1), talk(2, language="de")], ["language detected", "German"]),
        ([talk(1), talk(2, task="translate")], ["not translated", "translated"]),
        ([talk(1), talk(2, task="translate", track=1)], ["track 0", "translated, track 1"]),
        ([talk(1), talk(2, track=1)], ["track 0", "track 1"]),
        ([talk(1), talk(2, folder="/lectures")], ["in talks", "in lectures"]),
        ([talk(1), talk(2, model="", language="de")], ["base", "from a file"]),
        ([talk(2), talk(1)], ["no. 2", "no. 1"]),
        (
            [talk(1), talk(2), talk(3, model="whisper-small", language="de")],
            ["base, language detected, no. 1", "base, language detected, no. 2", "small, German"],
        ),
    ],
)
def test_only_what_differs_is_said(jobs: list[Job], words: list[str]):
    assert apart(jobs) == {made.id: said for made, said in zip(jobs, words, strict=True)}


def test_both_lists_and_screen_readers_are_told_when_a_second_one_comes_and_goes(qtmodeltester):
    model = QueueModel()
    qtmodeltester.check(model)
    model.set_jobs([talk(1)])
    spoken, touched = Qt.ItemDataRole.AccessibleTextRole, list[int]()
    assert model.index_of(1).data(spoken) == "talk.wav, 01:00, Ready"
    model.dataChanged.connect(lambda first, last: touched.extend(range(first.row(), last.row() + 1)))
    model.update_job(talk(2, model="whisper-small"))
    assert model.index_of(1).data(spoken) == "talk.wav, base, 01:00, Ready"
    assert model.index_of(2).data(QueueRole.APART) == "small"
    assert model.index_of(2).data(Qt.ItemDataRole.ToolTipRole) == "talk.wav\nsmall\nReady"
    assert model.index_of(1).row() in touched
    model.set_jobs([talk(1)])
    assert model.index_of(1).data(spoken) == "talk.wav, 01:00, Ready"


def test_a_failed_one_is_tall_enough_for_it(qtbot):
    model = QueueModel()
    view = QueueView(model)
    qtbot.addWidget(view)
    view.resize(276, 800)
    view.show()
    lone = replace(failed(1), name="talk.wav")
    model.set_jobs([lone])
    before = view.list.rowHeight(model.index_of(1).row())
    model.set_jobs([lone, talk(2, model="whisper-small", language="de", task="translate", track=1, folder="/x")])
    assert view.list.rowHeight(model.index_of(1).row()) > before
