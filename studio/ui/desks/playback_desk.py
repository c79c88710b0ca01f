"""Playing the open recording: between the player, the views that show and choose the place, and the settings.

Runs on the window's thread.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from studio import media
from studio.core.errors import StudioError
from studio.core.jobs import Job
from studio.core.silence import quiet_level, silent_ranges
from studio.core.transcript import Segment
from studio.services.studio import Studio

from ..commands import Commands
from ..dialogs.playback_options import PlaybackOptionsDialog
from ..icons import icon
from ..models.wording import clock, time_code
from ..player import Pedal, Pedals, PedalSetup, Player, Range, TransportBar
from ..window.file_page import FilePage
from .transcript_desk import TranscriptDesk

STEP = 2_000  # milliseconds of "back" and "forward"
RESUME_AFTER = 1_000  # milliseconds without a key before a pause for typing ends, until the user chooses
_SAME_CUE = 500  # milliseconds into a cue in which "previous" still means the one before
_SHORTER = 2_000  # milliseconds that a transcript may go on after the end of its recording
_PLACES = 100  # of how many recordings it is kept where playing was
_OF_A_RECORDING = (
    *("playAction", "backAction", "forwardAction", "replayCueAction", "slowerAction", "fasterAction"),
    *("loopAction", "loopStartAction", "loopEndAction", "skipSilenceAction"),
)
_SWITCHES = {"skipSilenceAction": False, "pauseTypingAction": False, "videoAction": True}  # as they are at first


class PlaybackDesk(QObject):
    """Owns the player, its bar and the pedals. `window` is where keys arrive that nobody else took."""

    notice = Signal(str, str)  # kind, sentence
    stopped = Signal()  # by the user, with Esc

    def __init__(
        self, studio: Studio, desk: TranscriptDesk, page: FilePage, commands: Commands, window: QWidget
    ) -> None:
        super().__init__(window)
        self.player = Player(self)
        self.pedals = Pedals(self)
        self.transport = TransportBar(self.player, commands)
        self._settings = studio.library.settings
        self._desk, self._page, self._commands = desk, page, commands
        self._peaks: media.Peaks | None = None
        self._quiet: int | None = None  # what counts as quiet in them, once it was asked
        self._seen: tuple[int, int] | None = None  # the recording's size and time when its content was last compared
        self._heard: int | None = None  # the job whose recording the player has
        self._loop_from: int | None = None  # milliseconds: where the next loop is to begin
        self._yielded = False  # the user scrolled away, and did not switch following off
        self._resume = QTimer(self, singleShot=True, interval=RESUME_AFTER)  # running: paused because of typing
        self._resume.timeout.connect(self.player.play)
        self._follow = commands["followAction"]
        self._connect_page()
        self._connect_commands()
        self._restore()
        window.installEventFilter(self)

    def _connect_page(self) -> None:
        desk, page, player = self._desk, self._page, self.player
        desk.opened.connect(self._load)
        desk.peaks.connect(self._set_peaks)
        desk.selection.changed.connect(self._on_selection)
        for view in (page.waveform, page.transcript):
            view.following_changed.connect(self._on_following)
            view.seek_requested.connect(self.seek)
        page.waveform.range_selected.connect(lambda start, end: self._move_loop((start, end)))
        page.waveform.play_cue_requested.connect(self.play_cue)
        page.waveform.play_requested.connect(self._commands["playAction"].trigger)
        page.video.set_player(player)
        page.mode_changed.connect(lambda _: self._show_video())
        player.loop_changed.connect(lambda loop: page.waveform.set_loop(*(loop or (None,))))
        player.position_changed.connect(page.waveform.set_position)
        player.position_changed.connect(page.transcript.set_position)
        for play in (page.waveform.set_playing, page.transcript.set_playing):
            player.playing_changed.connect(play)
        player.playing_changed.connect(self._on_playing)
        player.duration_changed.connect(lambda _: self._compare_lengths())
        player.failed.connect(lambda text: self.notice.emit("warn", text))
        self.transport.cue_requested.connect(self.step_cue)
        self.pedals.pressed.connect(self._on_pedal)
        self.pedals.released.connect(self._on_pedal_up)
        self.pedals.changed.connect(self._on_pedals_changed)

    def _connect_commands(self) -> None:
        commands = self._commands
        commands["followAction"].setChecked(True)
        commands["followAction"].triggered.connect(self._on_follow_pressed)
        for name, do in {
            "playAction": self.toggle,
            "backAction": lambda: self.step(-STEP),
            "forwardAction": lambda: self.step(STEP),
            "replayCueAction": self.replay_cue,
            "slowerAction": lambda: self._change_rate(-1),
            "fasterAction": lambda: self._change_rate(1),
            "pedalAction": self.open_options,
            "loopStartAction": self._begin_loop,
            "loopEndAction": self._end_loop,
        }.items():
            commands.connect(name, do)
        for name, switch in {
            "followAction": self._set_following,
            "loopAction": self._set_looping,
            "skipSilenceAction": lambda _: self._look_for_silence(),
            "pauseTypingAction": lambda _: self._resume.stop(),
            "videoAction": lambda _: self._show_video(),
        }.items():
            commands.connect_switch(name, switch)

    def _restore(self) -> None:
        stored = self._settings.get("playback", {})
        self.transport.restore(stored)
        for name, first in _SWITCHES.items():
            self._commands[name].setChecked(bool(stored.get(name, first)))
            self._commands[name].toggled.connect(lambda _: self._store())
        self._resume.setInterval(int(stored.get("resume_after", RESUME_AFTER)))
        self.pedals.set_setup(PedalSetup.from_dict(stored.get("pedals", {})))
        self.transport.state_changed.connect(self._store)

    def _store(self) -> None:
        switches = {name: self._commands[name].isChecked() for name in _SWITCHES}
        pedals = {"pedals": self.pedals.setup.as_dict(), "resume_after": self._resume.interval()}
        self._settings.set("playback", self.transport.state() | switches | pedals)

    # Playing

    def toggle(self) -> None:
        """Play or stop, as the play key and the middle pedal do."""
        if self.player.playing:
            self.player.pause()
        else:
            self.play()

    def play(self) -> None:
        """Play on; says in a sentence why not where it cannot."""
        self._resume.stop()
        if self._recording_is_there():
            self._follow_again()
            self.player.play()

    def stop(self) -> None:
        """Stop, and stay stopped while the user types on; whatever else is heard hears of it, too."""
        self._resume.stop()
        self.player.pause()
        self.stopped.emit()

    def seek(self, ms: int) -> None:
        self.player.seek(ms)
        self._page.waveform.set_position(ms)
        self._page.transcript.set_position(ms)

    def step(self, ms: int) -> None:
        self.seek(max(0, self.player.position() + ms))

    def step_cue(self, step: int) -> None:
        """To the start of the next cue, or of the one before; the recording's start and end count as cues."""
        model, now = self._desk.model, self.player.position()
        if step > 0:
            row = model.last_begun(now) + 1
            self.seek(model.segment(row).start if row < model.rowCount() else self.player.duration)
        else:
            patience = _SAME_CUE * self.player.rate if self.player.playing else 0
            row = model.last_begun(round(now - patience) - 1)
            self.seek(model.segment(row).start if row >= 0 else 0)

    def replay_cue(self) -> None:
        """Play a cue once: while playing the one that is heard, else the selected one, else the one at the place."""
        selected = None if self.player.playing else self._desk.selection.current
        cue = self._cue_at(self.player.position())
        if selected is not None:
            self.play_cue(selected)
        elif cue is not None:
            self.play_cue(cue.id)

    def play_cue(self, id: int) -> None:
        """Play the segment with this id once."""
        cue = next(iter(self._desk.segments([id])), None)
        if cue is not None:
            self.play_range(cue.start, max(cue.start, cue.end - 1))  # so that it ends in the same cue

    def play_range(self, start: int, end: int) -> None:
        """Play a stretch once."""
        if self._recording_is_there():
            self._resume.stop()
            self._follow_again()
            self.player.play_range(start, end)

    def on_typed(self) -> None:
        """A key changed the text: playing rests until nothing is typed for a moment, if the user wants that."""
        if not self._commands["pauseTypingAction"].isChecked():
            return
        if self.player.playing:
            self.player.stop()
            self._resume.start()
        elif self._resume.isActive():
            self._resume.start()

    def open_options(self) -> None:
        """Pedals, and the pause for typing."""
        dialog = PlaybackOptionsDialog(self.pedals, self._resume.interval(), self._page.window())
        dialog.resume_after_changed.connect(self._resume.setInterval)
        dialog.resume_after_changed.connect(lambda _: self._store())
        dialog.exec()
        dialog.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc that closed nothing stops, and brings the caret back to the text."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self.stop()
            if self._page.transcript.isVisible():
                self._page.transcript.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return True
        return False

    # Inside

    def _recording_is_there(self) -> bool:
        """Whether the open recording can be played; says so where it is gone, or is another one by now."""
        if self.player.alone:
            return True
        try:
            path = self._desk.recording()
            info = path.stat()
            now = (info.st_size, info.st_mtime_ns)
            if now != self._seen:
                self._seen = now
                self._compare_lengths()
                job = self._desk.job
                if job and job.content_id and media.fingerprint(path) != job.content_id:
                    self.notice.emit(
                        "warn", f"“{job.name}” is not the recording it was: what is heard may not be what is written."
                    )
        except StudioError as e:
            self.notice.emit("warn", e.problem.sentence)
            return False
        return True

    def _compare_lengths(self) -> None:
        job, duration = self._desk.job, self.player.duration
        written = max((s.end for s in self._desk.model.segments()), default=0)
        if self._seen and job and duration and written > duration + _SHORTER:
            self.notice.emit(
                "warn",
                f"“{job.name}” is {clock(duration)} long, but its transcript goes on to {clock(written)}. "
                "Nothing of the text is lost; its end cannot be played.",
            )

    def _cue_at(self, ms: int) -> Segment | None:
        """The cue that is being said, else the last one before."""
        row = self._desk.model.last_begun(ms)
        return self._desk.model.segment(row) if row >= 0 else None

    def _change_rate(self, step: int) -> None:
        """By a tenth, to full tenths: 0.25 goes up to 0.3."""
        tenths = self.player.rate * 10
        tenths = int(tenths + 1.001) if step > 0 else -int(-(tenths - 0.001) // 1) - 1
        self.player.set_rate(tenths / 10)

    # Loop and silence

    def _chosen_range(self) -> Range | None:
        """What the loop is to play: what is marked in the waveform, else selected, else the cue at the place."""
        marked = self._page.waveform.range
        if marked:
            return marked
        here = self._cue_at(self.player.position())
        chosen = self._desk.selected() or ([here] if here else [])
        return (chosen[0].start, max(s.end for s in chosen)) if chosen else None

    def _set_looping(self, on: bool) -> None:
        self.player.set_loop(self._chosen_range() if on else None)
        if on and self.player.loop is None:
            self._commands["loopAction"].setChecked(False)
            self.notice.emit("info", "Nothing to loop here: select cues, or mark a stretch in the waveform.")

    def _begin_loop(self) -> None:
        """A of A-B: the stretch to hear begins here."""
        self._loop_from = start = self.player.position()
        end = self.player.loop[1] if self.player.loop else 0
        if end > start:
            self._loop(start, end)
        else:
            words = f"The loop begins at {time_code(start)}. Say where it ends with “Loop up to here”."
            self.notice.emit("info", words)

    def _end_loop(self) -> None:
        """B: it ends here, and is heard over and over."""
        start, end = self._loop_from, self.player.position()
        if start is None or end <= start:
            self.notice.emit("info", "Say first where the loop begins, with “Loop from here”, then go on to its end.")
        else:
            self._loop(start, end)

    def _loop(self, start: int, end: int) -> None:
        self._page.waveform.set_range(start, end)
        self.player.set_loop((start, end))
        self._commands["loopAction"].setChecked(True)

    def _on_selection(self) -> None:
        chosen = self._desk.selected()
        if chosen:
            self._move_loop((chosen[0].start, max(s.end for s in chosen)))

    def _move_loop(self, chosen: Range) -> None:
        """The loop goes with the selection, but stays while one works on a cue inside of it."""
        loop = self.player.loop
        if loop and not loop[0] <= chosen[0] < chosen[1] <= loop[1]:
            self.player.set_loop(chosen)

    def _set_peaks(self, peaks: media.Peaks | None) -> None:
        self._peaks, self._quiet = peaks, None
        self._look_for_silence()

    def _look_for_silence(self) -> None:
        """Find the pauses to leave out; anew whenever playing begins, as cues may have changed."""
        if not self._commands["skipSilenceAction"].isChecked() or self._peaks is None:
            self.player.set_skips(())
            return
        finest = self._peaks.levels[0]
        spoken = [(s.start, s.end) for s in self._desk.model.segments()]
        self._quiet = quiet_level(finest) if self._quiet is None else self._quiet
        self.player.set_skips(silent_ranges(finest, self._quiet, spoken))

    # Pedals

    def _on_pedal(self, pedal: Pedal) -> None:
        self.transport.show_pressed(True)
        if QApplication.activeModalWidget() is not None or self._desk.job is None:
            return  # their settings are open: they are only shown
        if pedal is Pedal.MIDDLE:
            if self.pedals.setup.hold:
                self.play()
            else:
                self.toggle()
        else:
            self.step(-STEP if pedal is Pedal.LEFT else STEP)

    def _on_pedal_up(self, pedal: Pedal) -> None:
        self.transport.show_pressed(False)
        if pedal is Pedal.MIDDLE and self.pedals.setup.hold:
            self.stop()

    def _on_pedals_changed(self, setup: PedalSetup) -> None:
        self.transport.show_pedal(setup.enabled)
        self._store()

    # Following

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

    def _follow_again(self) -> None:
        """Playing begins because the user wants it; what gave way to scrolling comes back."""
        self._follow.setChecked(self._follow.isChecked() or self._yielded)

    def _on_follow_pressed(self) -> None:
        self._yielded = False

    # The open recording

    def shut_down(self) -> None:
        """Stop, and remember where; nothing runs in the background any more."""
        self._stop_here()
        self._page.video.shut_down()

    def _stop_here(self) -> None:
        self.player.stop()
        self._keep_place()

    def _keep_place(self) -> None:
        if self._heard is not None:
            places = self._settings.get("places", {})
            places.pop(str(self._heard), None)  # so that it comes last
            places[str(self._heard)] = self.player.position()
            self._settings.set("places", dict(list(places.items())[-_PLACES:]))

    def _load(self, job: Job | None) -> None:
        self._resume.stop()
        self._stop_here()
        self._heard = job.id if job else None
        self._seen = self._peaks = self._loop_from = None
        self._commands["loopAction"].setChecked(False)
        for name in _OF_A_RECORDING:
            self._commands[name].setEnabled(job is not None)
        if job:
            self.player.load(Path(job.path), job.options.track, job.duration)
            self._page.waveform.set_duration(job.duration)
            self.seek(self._settings.get("places", {}).get(str(job.id), 0))
        else:
            self.player.load(Path())  # the time of the recording before is told no longer
        self._show_video()

    def _show_video(self) -> None:
        """The recording is opened for its pictures only where it may have some: QtMultimedia takes its time."""
        job, video = self._desk.job, self._page.video
        room = self._page.mode != "compare" or video.enlarged  # beside the overview alone it would be a stamp
        wanted = self._commands["videoAction"].isChecked() and room
        video.set_wanted(job is not None and wanted and _may_have_pictures(job))

    def _on_playing(self, playing: bool) -> None:
        action = self._commands["playAction"]
        action.setText("&Stop" if playing else "&Play")
        action.setIcon(icon("pause" if playing else "play"))
        if playing:
            self._resume.stop()
            self._look_for_silence()


def _may_have_pictures(job: Job) -> bool:
    """Whether it is worth opening the recording before it is played; by its name only."""
    return not (mimetypes.guess_type(job.path)[0] or "").startswith("audio/")
