"""The program on a real screen, with real mouse, keys and sound, in a process of its own.

Every test starts Xvfb's window afresh on a library with a finished transcript. Where things are on the screen is asked
of a twin of the window, which shows a copy of the same library in this process. Needs xvfb, openbox, xdotool
and pulseaudio.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import machine
import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from studio import media
from studio.app import build
from studio.core.jobs import JobOptions, JobState, StopToken
from studio.core.transcript import EngineInfo, Segment, Source, Speaker, Transcript, Word
from studio.library import Home
from studio.resources import resource
from studio.services import queue
from studio.services.studio import Studio
from studio.ui import theme
from studio.ui.window.main_window import MainWindow

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURES = ROOT / "screenshots"
TOOLS = ("Xvfb", "openbox", "xdotool", "pulseaudio", "parec")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
RATE = 16_000
SIZE = (1200, 800)
PLACE = (320, 120)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"a real screen needs {', '.join(MISSING)}"),
]

# The beginning of the sample: speaker, start of each word in milliseconds.
WORDS = (
    ("S1", "Welcome/0 back/480 to/760 the/900 Saturday/1000 programme./1500"),
    ("S1", "I/2840 am/3000 joined/3120 by/3500 Marcus/3700 Reed,/4100"),
    (
        "S2",
        "With/11140 a/11180 broken/11460 kettle,/11740 in/12400 2019,/12680 we/13800 put/14020",
    ),
    ("S1", "And/19680 what/19800 do/20000 they/20200 bring/20400 you/20700 most?/20900"),
)


def until(condition: Callable[[], object], what: str, seconds: float = 45) -> None:
    """Wait for a condition; fail with its name when it does not come true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        QTest.qWait(50)


def fill(home: Home, exports: Path) -> None:
    """A library with the sample, transcribed, in a queue that is held."""
    studio = Studio.open(home)
    job, info = queue.add_one(studio, resource("sample.ogg"), JobOptions())
    peaks = media.PeaksWriter()
    for _ in media.decode(resource("sample.ogg"), home.audio_file(job.id), peaks, stop=StopToken()):
        pass
    peaks.finish().save(home.peaks_file(job.content_id, 0))
    segments = []
    for speaker, text in WORDS:
        pairs = [word.split("/") for word in text.split()]
        segments.append(Segment.from_words([Word(w, int(at), int(at) + 100, 0.9) for w, at in pairs], speaker))
    source = Source(path=job.path, name=job.name, content_id=job.content_id, duration=info.duration)
    id = studio.library.transcripts.create(source, EngineInfo(), job.id)
    speakers = (Speaker("S1", "Speaker 1"), Speaker("S2", "Speaker 2"))
    studio.library.transcripts.replace(id, segments, speakers, EngineInfo())
    studio.library.jobs.set_state(job.id, JobState.DONE)
    for key, value in {
        "queue_paused": True,
        "export_folder": str(exports),
        "export_formats": ["txt", "srt"],
        "theme": "light",
    }.items():
        studio.library.settings.set(key, value)
    studio.close()


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of programs on a screen with a window manager and a sound card that can be listened to."""
    with machine.screen(tmp_path_factory.mktemp("screen")) as env:
        yield env


class Desk:
    """The program on the screen, its twin here, and hands for mouse and keys."""

    def __init__(self, env: dict[str, str], home: Home, twin: MainWindow) -> None:
        self.env, self.home, self.twin = {**env, "STUDIO_HOME": str(home.root)}, home, twin
        self.studio = Studio.open(home)
        command = [sys.executable, "-m", "studio"]
        self.program = subprocess.Popen(command, env=self.env, cwd=ROOT)

    def settle(self) -> None:
        """Put the window where the twin expects it."""
        self.window = self.find("sample.ogg, Transcription Studio")
        self.x("windowsize", "--sync", self.window, *map(str, SIZE))
        self.x("windowmove", "--sync", self.window, *map(str, PLACE))
        self.x("windowactivate", "--sync", self.window)
        until(lambda: self.shows(self.twin.transport.time), "the window is painted as its twin is")

    def x(self, *arguments: str) -> str:
        return subprocess.run(["xdotool", *arguments], env=self.env, capture_output=True, text=True).stdout

    def find(self, title: str) -> str:
        """The window with this title, once it is shown."""
        found: list[str] = []
        until(lambda: found.extend(self.x("search", "--onlyvisible", "--name", title).split()) or found, title)
        return found[-1]

    def point(self, widget: QWidget, at: QPoint | None = None) -> tuple[str, ...]:
        """xdotool's words for moving the mouse to a place of the window."""
        place = widget.mapTo(self.twin, at or widget.rect().center())
        return "mousemove", "--window", self.window, str(place.x()), str(place.y())

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        self.x(*self.point(widget, at), "click", "1")

    def go_to(self, row: int, word: int) -> None:
        """A double click on a word: the playhead goes there."""
        self.x(*self.point(self.twin.page.transcript.viewport(), self.word(row, word)), "click", "--repeat", "2", "1")

    def spot(self, ms: int) -> QPoint:
        """Where a moment is in the zoomed waveform."""
        detail = self.twin.page.waveform.detail
        return QPoint(round(detail.x_of(ms)), detail.height() // 2)

    def drag(self, start: int, end: int, held: str) -> None:
        """From one moment of the waveform to another, with a key held."""
        detail = self.twin.page.waveform.detail
        self.x(*self.point(detail, self.spot(start)), "keydown", held, "mousedown", "1")
        for step in range(1, 11):
            self.x(*self.point(detail, self.spot(start + (end - start) * step // 10)))
        self.x("mouseup", "1", "keyup", held)

    def keys(self, *names: str) -> None:
        self.x("key", "--delay", "30", *names)

    def type(self, text: str) -> None:
        self.x("type", "--delay", "15", text)

    def picture(self, name: str) -> QImage:
        """What the whole screen shows, also as a file for people to look at."""
        PICTURES.mkdir(exist_ok=True)
        pixels = machine.picture(self.env)
        height, width, _ = pixels.shape
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
        image.save(str(PICTURES / f"screen-{name}.png"))
        return image

    def shows(self, widget: QWidget) -> bool:
        """Whether the screen has the same picture as the twin where this widget is."""
        area = widget.rect().translated(widget.mapTo(self.twin, QPoint()))
        return _difference(self.twin.grab(area), self.picture("now").copy(area.translated(*PLACE))) < 1.5

    def shows_time(self, ms: int) -> bool:
        self.twin.transport.time.set_position(ms)
        return self.shows(self.twin.transport.time)

    def word(self, row: int, word: int) -> QPoint:
        """The middle of a word, in the text's viewport."""
        view = self.twin.page.transcript
        start, end = view._row_spans(row)[word]
        first, last = view.cursorRect(view._cursor(row, (0, start))), view.cursorRect(view._cursor(row, (0, end)))
        return (first.center() + last.center()) / 2

    def transcript(self) -> Transcript:
        transcript = self.studio.library.transcripts.get(1)
        assert transcript is not None
        return transcript

    def segments(self) -> tuple[Segment, ...]:
        return self.transcript().segments

    def names(self) -> list[str]:
        return [s.name for s in self.transcript().speakers]

    def quit(self) -> int:
        self.x("windowactivate", "--sync", self.window)
        self.keys("ctrl+q")
        return self.program.wait(timeout=45)


@pytest.fixture
def desk(screen: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: object) -> Iterator[Desk]:
    (tmp_path / "exports").mkdir()
    home = Home(tmp_path / "home").prepared()
    fill(home, tmp_path / "exports")
    shutil.copytree(home.root, tmp_path / "twin")
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "twin"))
    _, twin = build([])
    theme.current().set_mode("light")
    twin.resize(*SIZE)
    twin.show()
    QApplication.processEvents()
    desk = Desk(screen, home, twin)
    try:
        desk.settle()
        yield desk
    finally:
        twin.close()
        if desk.program.poll() is None:
            desk.program.kill()
            desk.program.wait()
        desk.studio.close()


def _difference(a: QPixmap, b: QImage) -> float:
    """Mean difference of two pictures' pixels, 0..255; 255 when they differ in size."""
    one, two = _pixels(a.toImage()), _pixels(b)
    return float(np.abs(one - two).mean()) if one.shape == two.shape else 255.0


def _pixels(image: QImage) -> npt.NDArray[np.int16]:
    image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width()].astype(np.int16)


def match(heard: npt.NDArray[np.float64], sample: npt.NDArray[np.float64]) -> tuple[float, float]:
    """How well a sound fits into the sample at its best place (correlation 0..1), and that place in seconds."""
    size = len(sample) + len(heard)
    fit = np.fft.irfft(np.fft.rfft(sample, size) * np.conj(np.fft.rfft(heard, size)), size)[: len(sample) - len(heard)]
    energy = np.cumsum(np.concatenate([np.zeros(1), sample**2]))
    loud = np.sqrt((energy[len(heard) :] - energy[: -len(heard)])[: len(fit)])
    fit /= (loud + 1e-4) * (np.linalg.norm(heard) + 1e-4)
    at = int(np.argmax(fit))
    return float(fit[at]), at / RATE


def test_words_are_found_by_keys_and_heard_about_by_mouse(desk: Desk) -> None:
    desk.keys("ctrl+f")
    desk.type("kettle")
    desk.keys("Return", "Escape", "ctrl+d")  # to the place, back to the text, flag its passage
    until(lambda: [s.flagged for s in desk.segments()] == [False, False, True, False], "the passage found is flagged")
    desk.picture("search")
    desk.go_to(1, 4)
    until(lambda: desk.shows_time(3_700), "the time code is at “Marcus”")
    assert desk.quit() == 0


@pytest.mark.parametrize("key", ["F4", "ctrl+space"])
def test_what_is_played_is_heard(desk: Desk, tmp_path: Path, key: str) -> None:
    recorder = machine.Recorder(desk.env, tmp_path / "heard.raw", RATE)
    try:
        desk.go_to(2, 3)
        until(lambda: desk.shows_time(11_740), "the time code is at “kettle”")
        desk.keys(key)
        until(lambda: len(recorder.heard()) > 3 * RATE, "three seconds are heard")
        desk.picture("playing")
        desk.keys(key)
    finally:
        recorder.stop()
    heard = recorder.heard()[: 3 * RATE]
    assert np.sqrt(np.mean(heard**2)) > 0.005
    for _ in media.decode(resource("sample.ogg"), tmp_path / "sample.wav", media.PeaksWriter(), stop=StopToken()):
        pass
    sample = soundfile.read(tmp_path / "sample.wav")[0]
    parts = [match(part, sample) for part in np.split(heard, 12)]  # a busy computer may swallow a moment in between
    places = [at for fit, at in parts if fit > 0.6]
    assert len(places) >= 9, "it is the sample that is heard,"
    assert places == sorted(places), "in order,"
    assert 11.5 < places[0] < 12.5, "and from the chosen word on"
    assert desk.quit() == 0


def test_speakers_are_renamed_by_mouse_and_keys_and_the_text_is_exported(desk: Desk, tmp_path: Path) -> None:
    text = desk.twin.page.transcript
    tops = {row: rect.top() for row, rect in text.visible_rows()}
    desk.click(text._gutter, text._gutter.name_rect(2, tops[2]).center())
    desk.type("Marcus Reed")
    desk.keys("Return")
    until(lambda: desk.names() == ["Speaker 1", "Marcus Reed"], "the mouse renamed a speaker")
    desk.keys("ctrl+Home", "F2")
    desk.type("Helen")
    desk.keys("Return")
    until(lambda: desk.names() == ["Helen", "Marcus Reed"], "the keys renamed a speaker")
    desk.picture("renamed")
    desk.keys("ctrl+z")
    until(lambda: desk.names() == ["Speaker 1", "Marcus Reed"], "the last step is undone")

    desk.keys("ctrl+e")
    desk.x("windowactivate", "--sync", desk.find("Export transcript"))
    desk.picture("export")
    desk.keys("Return")
    files = [tmp_path / "exports" / name for name in ("sample.txt", "sample.srt")]
    until(lambda: all(f.exists() for f in files), "the files are written")
    assert "Marcus Reed: With a broken kettle" in files[0].read_text("utf-8")
    until(lambda: not desk.x("search", "--onlyvisible", "--name", "Export transcript"), "the dialog is closed")
    assert desk.quit() == 0


def test_another_key_is_given_to_a_command_and_works(desk: Desk) -> None:
    desk.go_to(2, 3)
    desk.keys("alt+v", "k")
    desk.x("windowactivate", "--sync", desk.find("Keyboard shortcuts"))
    desk.type("flag")
    desk.keys("Tab", "Tab", "ctrl+b")
    stored = {"flagAction": ["Ctrl+B"]}
    until(lambda: desk.studio.library.settings.get("shortcuts") == stored, "the key is stored")
    desk.picture("shortcuts")
    desk.keys("Escape")
    until(lambda: not desk.x("search", "--onlyvisible", "--name", "Keyboard shortcuts"), "the dialog is closed")
    desk.x("windowactivate", "--sync", desk.window)
    desk.keys("ctrl+d")  # means nothing any more
    desk.keys("ctrl+b")
    until(lambda: [s.flagged for s in desk.segments()] == [False, False, True, False], "the new key flags")
    assert desk.quit() == 0


def test_an_edge_dragged_with_ctrl_pushes_the_neighbour_and_undo_restores_both(desk: Desk) -> None:
    before = [(s.start, s.end) for s in desk.segments()]
    desk.drag(before[0][1], 3_500, "ctrl")
    until(lambda: desk.segments()[0].end > 3_000, "the edge has moved")
    desk.picture("pushed")
    first, second, *rest = [(s.start, s.end) for s in desk.segments()]
    assert first[0] == before[0][0]
    assert abs(first[1] - 3_500) < 400, "where it was dragged, or to the speech nearby"
    assert second == (first[1], before[1][1])
    assert rest == before[2:]
    desk.keys("ctrl+z")
    until(lambda: [(s.start, s.end) for s in desk.segments()] == before, "one step back restores both")
    assert desk.quit() == 0


def test_a_marked_stretch_is_heard_over_and_over(desk: Desk, tmp_path: Path) -> None:
    desk.drag(11_140, 13_800, "shift")
    desk.click(desk.twin.transport.loop)
    recorder = machine.Recorder(desk.env, tmp_path / "heard.raw", RATE)
    try:
        desk.keys("F4")
        until(lambda: len(recorder.heard()) > 9 * RATE, "nine seconds are heard")
        desk.picture("loop")
        desk.keys("F4")
    finally:
        recorder.stop()
    heard = recorder.heard()[: 9 * RATE]
    for _ in media.decode(resource("sample.ogg"), tmp_path / "sample.wav", media.PeaksWriter(), stop=StopToken()):
        pass
    sample = soundfile.read(tmp_path / "sample.wav")[0]
    pieces = [match(heard[at : at + RATE // 2], sample) for at in range(0, 9 * RATE - RATE // 2, RATE // 4)]
    places = [at for fit, at in pieces if fit > 0.8]
    assert len(places) > 15, "most pieces are the sample's, but for those in which the loop turns"
    assert min(places) > 10.7, "nothing before the marked stretch,"
    assert max(places) + 0.5 < 14.3, "and nothing behind it"
    turns = sum(b < a for a, b in pairwise(places))
    assert turns in (2, 3), "two or three times round in nine seconds"
    assert desk.quit() == 0


DRAG_SOURCE = """
import sys
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QLabel

class Source(QLabel):
    def mouseMoveEvent(self, event):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(p) for p in sys.argv[1:]])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)

app = QApplication(sys.argv)
source = Source("drag me", windowTitle="drag source")
source.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
source.setGeometry(20, 20, 200, 80)
source.show()
app.exec()
"""


def test_a_file_dragged_from_another_program_is_queued(desk: Desk, tone: Callable[[str], Path]) -> None:
    file = tone("Gespräch 日本.wav")
    source = subprocess.Popen([sys.executable, "-c", DRAG_SOURCE, str(file)], env=desk.env)
    try:
        desk.find("drag source")
        desk.x("mousemove", "100", "60", "mousedown", "1")
        for step in range(10):
            desk.x("mousemove", str(110 + 20 * step), str(65 + 10 * step))
        desk.x(*desk.point(desk.twin.page.transcript, QPoint(200, 200)))
        desk.x(*desk.point(desk.twin.page.transcript))
        desk.picture("drag")
        desk.x("mouseup", "1")
        until(lambda: len(desk.studio.library.jobs.all()) == 2, "the dropped file is queued")
    finally:
        source.terminate()
        source.wait()
    job = desk.studio.library.jobs.all()[1]
    assert (job.name, job.state) == (file.name, JobState.WAITING)
    desk.picture("dropped")
    assert desk.quit() == 0
