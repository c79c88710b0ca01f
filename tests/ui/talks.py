"""A talk of three people and a queue of jobs, for the tests of the views; and what these tests look at and press."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.core.errors import Problem
from studio.core.jobs import Job, JobOptions, JobState
from studio.core.transcript import EngineInfo, Segment, Source, Speaker, Transcript, Word, join_words
from studio.ui.window.main_window import MainWindow

SPEAKERS = (Speaker("S1", "Annika Böhm"), Speaker("S2", "Jörg Müller"), Speaker("S3", "Sri Wahyuni"))
LINES = (
    ("S1", "You grew up in Husum, right behind the dyke."),
    ("S2", "Honestly? In Nordfriesland a storm surge announces itself."),
    ("S2", "In Semarang the tide comes up through the drains."),
    ("S3", "Iya, betul. Air robnya datang pelan-pelan 😀 tapi setiap hari."),
    ("S1", "Wie Frau Österreicher sagt."),
)


def segment(id: int, start: int, speaker: str | None, text: str) -> Segment:
    """Each word takes 300 ms; words that begin with an N are unsure."""
    words = [
        Word(w, start + 300 * i, start + 300 * i + 250, 0.2 if w.startswith("N") else 0.9)
        for i, w in enumerate(text.split())
    ]
    return Segment.from_words(words, speaker, id)


def segments(count: int, first: int = 1) -> list[Segment]:
    """Segments numbered from `first`, one every 10 s."""
    return [segment(n, (n - 1) * 10_000, *LINES[(n - 1) % len(LINES)]) for n in range(first, first + count)]


def talk(count: int = len(LINES)) -> Transcript:
    source = Source(path="/talks/talk.wav", name="talk.wav", content_id="c1", duration=count * 10_000)
    return Transcript(tuple(segments(count)), SPEAKERS, "en", count * 10_000, source)


def job(id: int, state: JobState = JobState.WAITING, name: str = "", **more: object) -> Job:
    name = name or f"Gespräch {id}.wav"
    values = {"duration": 60_000, **more}
    return Job(id, f"/talks/{name}", name, f"c{id}", JobOptions(), state, id, **values)  # type: ignore[arg-type]


def failed(id: int) -> Job:
    problem = Problem(f"“Gespräch {id}.wav” is empty.", "Copy it again from the recorder.")
    return job(id, JobState.FAILED, problem=problem)


def open_talk(window: MainWindow, made_of: Sequence[Segment] = ()) -> None:
    """A finished transcript of three speakers, or of these segments, its recording gone."""
    library, made = window._studio.library, talk()
    job = library.jobs.add("/talks/talk.wav", "talk.wav", "c1", made.duration, "cpu", JobOptions())
    id = library.transcripts.create(made.source, EngineInfo(), job.id)
    library.transcripts.replace(id, made_of or made.segments, made.speakers, EngineInfo())
    library.jobs.set_state(job.id, JobState.DONE)
    window.queue.refresh()
    window.activateWindow()
    window._open_id(job.id)
    QApplication.processEvents()
    window.tools.findChild(QWidget, "addFilesButton").setFocus()


def said(window: MainWindow) -> list[str]:
    return [s.text for s in window.desk.model.segments()]


def stored(window: MainWindow) -> Transcript:
    assert window.desk.job
    transcript = window._studio.library.transcripts.get(window.desk.job.transcript_id or 0)
    assert transcript
    return transcript


def model_is_stored(window: MainWindow, qtbot: QtBot) -> None:
    """What the model holds gets stored, and each of its texts is made up of its words."""
    model = window.desk.model
    qtbot.waitUntil(lambda: stored(window).segments == tuple(model.segments()), timeout=5000)
    assert all(not s.words or s.text == join_words(s.words) for s in model.segments())


def button(of: QWidget, name: str) -> QPushButton:
    found = of.findChild(QPushButton, name)
    assert found is not None, name
    return found


def press(qtbot: QtBot, of: QWidget, name: str) -> None:
    qtbot.mouseClick(button(of, name), Qt.MouseButton.LeftButton)


def label_text(of: QWidget, name: str) -> str:
    label = of.findChild(QLabel, name)
    assert label is not None, name
    return label.text()
