"""Speech on a real screen, with real mouse and keys: what is selected spoken, a voice chosen, a voice-over written.

Like test_real_screen.py, and with its hands.
"""

from __future__ import annotations

from pathlib import Path

import machine
import pytest
import test_real_screen
from PySide6.QtCore import QPoint
from test_real_screen import PLACE, Desk, until

from studio import media
from studio.core.speaking import Casting, Manner
from studio.services.speaking import Utterance
from studio.ui import theme
from studio.ui.speaking import SpeechBar

pytestmark = [*test_real_screen.pytestmark, pytest.mark.alone]

screen, desk = test_real_screen.screen, test_real_screen.desk  # fixtures

RATE = 48_000


def is_marked(desk: Desk) -> bool:
    """Whether a word has a box around it, of which a selection leaves the edge; the first one has the playhead."""
    view, color = desk.twin.page.transcript, theme.current().color("word")
    pixels = machine.picture(desk.env)
    boxes = (pixels[:, :, :3] == (color.blue(), color.green(), color.red())).all(axis=2)
    for row, segment in enumerate(desk.segments()):
        for word in range(row == 0, len(segment.words)):
            place = view.viewport().mapTo(desk.twin, desk.word(row, word)) + QPoint(*PLACE)
            if boxes[place.y() - 16 : place.y() + 16, place.x() - 12 : place.x() + 12].sum() > 8:
                return True
    return False


def tells(desk: Desk, bar: SpeechBar) -> bool:
    """Whether the bar says that one of the passages is spoken."""
    for segment in desk.segments():
        bar.show_text(Utterance(segment.text, Manner()))
        if desk.shows(bar):
            return True
    return False


def casting(desk: Desk) -> Casting:
    return desk.studio.library.casting.get(1)


def test_the_selection_is_spoken_and_its_word_is_shown_until_a_key_stops_it(desk: Desk, tmp_path: Path) -> None:
    text, bar = desk.twin.page.transcript, desk.twin.desks.speaking.bar
    bar.show_playing(True)
    desk.click(text.viewport(), desk.word(0, 2))
    desk.keys("ctrl+Home", "ctrl+shift+End")
    bar.show()
    recorder = machine.Recorder(desk.env, tmp_path / "heard.raw", RATE)
    try:
        for stop in ("Escape", "shift+F5"):
            desk.keys("F5")
            until(lambda: tells(desk, bar), "the bar tells what is spoken")
            until(lambda: is_marked(desk), "the word that is heard is shown")
            desk.picture("speaking")
            desk.keys(stop)
            until(lambda: not is_marked(desk), "no word is shown any more")
            until(lambda: not tells(desk, bar), "the bar has gone")
    finally:
        recorder.stop()
    assert len(recorder.heard()) > RATE // 10, "it was heard"
    assert desk.quit() == 0


def test_a_voice_is_chosen_by_keys_alone(desk: Desk) -> None:
    desk.keys("alt+o", "v")  # Voice › Voices: the first card has the focus
    desk.keys("space")
    desk.type("fenrir")
    desk.picture("voices")
    desk.keys("Return")
    until(lambda: desk.studio.library.settings.get("speaking"), "the voice is stored")
    (manner,) = desk.studio.library.settings.get("speaking").values()
    assert manner["voice"] == "hibari/fenrir"
    assert desk.quit() == 0


def test_a_voiceover_is_made_decided_on_and_written_by_keys_alone(desk: Desk) -> None:
    library = desk.studio.library
    desk.keys("ctrl+4", "ctrl+F5")
    until(lambda: library.settings.get("voiceovers") == [1], "every cue is spoken")
    desk.picture("voiceover")
    desk.keys("ctrl+j", "ctrl+u")
    until(lambda: casting(desk).hurried, "a cue is said faster")
    (hurried,) = casting(desk).hurried
    desk.keys("ctrl+shift+u")
    until(lambda: casting(desk).left == {hurried} and not casting(desk).hurried, "it is left as it is")
    desk.keys("ctrl+shift+e")
    desk.x("windowactivate", "--sync", desk.find("Export speech"))
    desk.picture("export-speech")
    desk.keys("Return")
    until(lambda: not desk.x("search", "--onlyvisible", "--name", "Export speech"), "the dialog is closed")
    samples, rate = media.read_sound(Path(desk.env["HOME"]) / "sample.wav")
    assert rate == RATE
    assert len(samples) == desk.transcript().source.duration * RATE // 1000
    assert desk.quit() == 0
