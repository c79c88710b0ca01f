"""A talk with a recording, for the tests of the voice-over: real cues, some of them too short for their words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from pytestqt.qtbot import QtBot

from studio import media
from studio.core.jobs import JobOptions, JobState
from studio.core.transcript import EngineInfo, Segment, Source, Speaker
from studio.ui.window.main_window import MainWindow

SPEAKERS = (Speaker("S1", "Annika Böhm"), Speaker("S2", "Jörg Müller"))
CUES = (
    Segment(1_000, 3_000, "Good morning to everyone.", speaker="S1", id=1),
    Segment(4_000, 4_900, "The harbour sinks by eight centimetres.", speaker="S2", id=2),
    Segment(5_500, 6_500, "🙂", speaker="S1", id=3),
    Segment(7_000, 8_500, "Yes.", speaker="S1", id=4),
)
OVERRUNS = 2  # the id of the one that does
PATIENCE = 120_000  # milliseconds; the first words wait for the voice to be read from the disk


def open_cues(window: MainWindow, folder: Path, cues: tuple[Segment, ...] = CUES, *, recording: bool = True) -> Path:
    """The transcript of a hum of twelve seconds, or of no recording at all."""
    path, content = folder / "harbour.wav", ""
    duration = max([12_000, *(cue.end for cue in cues[-1:])])
    if recording:
        rate = 16_000
        soundfile.write(path, 0.1 * np.sin(np.arange(duration * rate // 1000) / rate * 2 * np.pi * 200), rate)
        content = media.fingerprint(path)
    library = window._studio.library
    job = library.jobs.add(str(path), path.name, content, duration, "cpu", JobOptions())
    source = Source(path=str(path), name=path.name, content_id=content, duration=duration)
    id = library.transcripts.create(source, EngineInfo(), job.id)
    library.transcripts.replace(id, cues, SPEAKERS, EngineInfo())
    library.transcripts.describe(id, language="en")
    library.jobs.set_state(job.id, JobState.DONE)
    window.queue.refresh()
    window.activateWindow()
    window._open_id(job.id)
    return path


def made(window: MainWindow, qtbot: QtBot, patience: int = PATIENCE) -> None:
    """The voice-over is made."""
    desk = window.desks.voiceover
    window.commands["voiceoverModeAction"].trigger()
    window.commands["makeVoiceoverAction"].trigger()
    qtbot.waitUntil(lambda: not desk.making, timeout=patience)
