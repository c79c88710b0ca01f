"""Playing the open recording: between the player and the views that show and choose the place.

Runs on the window's thread.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.core.errors import StudioError
from studio.core.jobs import Job

from .commands import Commands
from .file_page import FilePage
from .icons import icon
from .player import Player
from .transcript_desk import TranscriptDesk

_STEP = 2000  # milliseconds of "back" and "forward"


class PlaybackDesk(QObject):
    notice = Signal(str, str)  # kind, sentence

    def __init__(self, desk: TranscriptDesk, page: FilePage, commands: Commands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.player = Player(self)
        self._desk, self._page, self._commands = desk, page, commands
        desk.opened.connect(self._load)
        self._yielded = False  # the user scrolled away, and did not switch following off
        self._follow = commands["followAction"]
        self._follow.setChecked(True)
        self._follow.toggled.connect(self._set_following)
        self._follow.triggered.connect(self._on_follow_pressed)
        for view in (page.waveform, page.transcript):
            view.following_changed.connect(self._on_following)
        page.waveform.seek_requested.connect(self.seek)
        page.waveform.play_requested.connect(commands["playAction"].trigger)
        page.waveform.segment_clicked.connect(page.waveform.set_selected)
        page.transcript.seek_requested.connect(self.seek)
        self.player.position_changed.connect(page.waveform.set_position)
        self.player.position_changed.connect(page.transcript.set_position)
        self.player.playing_changed.connect(page.waveform.set_playing)
        self.player.playing_changed.connect(self._show_playing)
        self.player.failed.connect(lambda text: self.notice.emit("warn", text))
        commands["playAction"].triggered.connect(lambda: self.toggle())
        commands["backAction"].triggered.connect(lambda: self.seek(max(0, self.player.position() - _STEP)))
        commands["forwardAction"].triggered.connect(lambda: self.seek(self.player.position() + _STEP))

    def toggle(self) -> None:
        try:
            self._desk.recording()
        except StudioError as e:
            self.notice.emit("warn", e.problem.sentence)
            return
        if not self.player.playing:
            self._follow.setChecked(self._follow.isChecked() or self._yielded)
        self.player.toggle()

    def seek(self, ms: int) -> None:
        self.player.seek(ms)
        self._page.waveform.set_position(ms)
        self._page.transcript.set_position(ms)

    def _set_following(self, on: bool) -> None:
        """Waveform and text follow playback together."""
        self._yielded = False
        self._page.waveform.set_following(on)
        self._page.transcript.set_following(on)

    def _on_following(self, on: bool) -> None:
        """One of them gave way to the user's scrolling: both rest until the button is pressed or playing begins."""
        if on != self._follow.isChecked():
            self._follow.setChecked(on)
            self._yielded = not on

    def _on_follow_pressed(self) -> None:
        self._yielded = False

    def _load(self, job: Job | None) -> None:
        self.player.stop()
        for name in ("playAction", "backAction", "forwardAction"):
            self._commands[name].setEnabled(job is not None)
        if job:
            self.player.load(Path(job.path), job.options.track, job.duration)
            self._page.waveform.set_duration(job.duration)

    def _show_playing(self, playing: bool) -> None:
        action = self._commands["playAction"]
        action.setText("&Stop" if playing else "&Play")
        action.setIcon(icon("pause" if playing else "play"))
