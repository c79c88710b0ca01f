"""Plays a recording, with a position as smooth as the screen. Runs on the window's thread.

QtMultimedia is imported when something is played for the first time: it costs a tenth of a second, and on a bare
system it is missing libraries, without which the rest of the program works all the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, QUrl, Signal

from .other_sound import OtherSound

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioOutput, QMediaDevices, QMediaPlayer, QVideoSink

Range = tuple[int, int]  # start, end in milliseconds

SLOWEST, FASTEST = 0.25, 4.0
_FRAME = 16  # milliseconds between positions while playing
_SETTLE = 250  # milliseconds after a seek in which the back end may still tell the old place
_TRUST = 400  # milliseconds that the clock goes on without word of the back end, which is slow to begin at first
_DRIFT = 120  # milliseconds; closer positions of the back end only steer the clock
_STRETCH = 105.0  # milliseconds of time that keeping the pitch takes at other speeds, measured at 0.5 to 3
_NO_SOUND_SYSTEM = (
    "Playback does not work here: Qt's sound library cannot be loaded. "
    "Install the system package libpulse0 and start again; everything else works."
)
_NO_DEVICE = "No loudspeaker or headphones were found, so the recording plays without sound."


class Player(QObject):
    """One recording at a time. Times are milliseconds; `volume` and its kin are 0..1."""

    position_changed = Signal(int)
    playing_changed = Signal(bool)
    duration_changed = Signal(int)  # 0 when nothing is loaded
    rate_changed = Signal(float)
    loop_changed = Signal(object)  # (start, end) or None
    video_changed = Signal(bool)  # whether the recording has pictures; known once it is open
    jumped = Signal()  # to another place than playing would have come to
    failed = Signal(str)  # a sentence for the user

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rewind = 0  # milliseconds to step back when playing stops
        self.alone = False  # see `set_alone`
        self._path: Path | None = None
        self._track = 0
        self._duration = 0
        self._rate, self._volume, self._muted, self._gain = 1.0, 1.0, False, 1.0
        self._loop: Range | None = None
        self._skips: Sequence[Range] = ()
        self._until: int | None = None  # where to stop by itself
        self._before = 0  # the position a frame ago
        self._playing = False
        self._anchor = 0.0  # the position when the clock was started
        self._silence = 0.0  # milliseconds from then until something was heard
        self._clock = QElapsedTimer()
        self._since_seek = QElapsedTimer()
        self._timer = QTimer(self, interval=_FRAME, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._media: QMediaPlayer | None = None
        self._output: QAudioOutput | None = None
        self._video_sink: QVideoSink | None = None
        self._devices: QMediaDevices | None = None
        self.other = OtherSound(self)  # of the same recording, to be heard in place of its own
        self.other.changed.connect(self._apply_volume)
        self._opening = False
        self._broken = False
        self._told_no_device = False

    # What is played

    def load(self, path: Path, track: int = 0, duration: int = 0) -> None:
        """Take this recording; it is opened when it is first played. `track` counts its audio tracks from 0."""
        self.stop()
        self.other.set(None)
        self._path, self._track = path, track
        self._skips = ()
        self.set_loop(None)
        if self._media is not None:
            self._media.setSource(QUrl())
        self._set_position(0)
        self._set_duration(duration)

    def set_alone(self, duration: int | None) -> None:
        """Let the clock run for so long without a recording, for what is heard beside it; None: as usual."""
        if self.alone and duration is None:
            self.stop()
        self.alone = duration is not None
        if duration is not None:
            self._set_duration(duration)

    def show_first(self) -> None:
        """Open the recording without playing it, so that its picture is seen; silent where it cannot be opened."""
        media = self._back_end()
        if media is not None and self._path is not None and self._path.is_file() and media.source().isEmpty():
            self._open(media)
            media.pause()

    def stop(self) -> None:
        """Stop playing, without stepping back."""
        self._until = None
        self._freeze()
        if self._media is not None:
            self._media.pause()

    @property
    def available(self) -> bool:
        """Whether anything can be played here. Asking imports QtMultimedia."""
        return self._back_end() is not None

    @property
    def duration(self) -> int:
        return self._duration

    @property
    def has_video(self) -> bool:
        return self._media is not None and self._media.hasVideo()

    # Playing

    @property
    def playing(self) -> bool:
        return self._playing

    def play(self) -> None:
        """Play on from the position; from the start if it is at the end. Emits `failed` if that cannot be."""
        if self.alone:
            self._run()
            return
        media = self._back_end()
        if self._path is None:
            return
        if media is None:
            self.failed.emit(_NO_SOUND_SYSTEM)
        elif not self._path.is_file():
            self.failed.emit(f"“{self._path.name}” cannot be played: it is no longer in “{self._path.parent}”.")
        else:
            self._tell_no_device()
            if self._duration and self.position() >= self._duration:
                self._set_position(0)
            if media.source().isEmpty():
                self._open(media)
            media.setPosition(self.position())
            self.other.play()
            media.play()

    def pause(self) -> None:
        """Stop playing and step back by `rewind`, inside a loop not before its start."""
        if self._playing:
            self.stop()
            now, least = self.position(), 0
            if self._loop and self._loop[0] <= now <= self._loop[1]:
                least = self._loop[0]
            self.seek(max(now - self.rewind, least))

    def toggle(self) -> None:
        if self._playing:
            self.pause()
        else:
            self.play()

    def play_range(self, start: int, end: int) -> None:
        """Play from `start` and stop at `end`, unless something else is asked for in between."""
        self.seek(start)
        self._until = end
        if not self._playing:
            self.play()

    def set_loop(self, loop: Range | None) -> None:
        """Play this stretch over and over; the place jumps into it. None: play on."""
        if loop == self._loop:
            return
        self._loop = loop
        self.loop_changed.emit(loop)
        if loop and not loop[0] <= self.position() < loop[1]:
            self.seek(loop[0])

    @property
    def loop(self) -> Range | None:
        return self._loop

    def set_skips(self, skips: Sequence[Range]) -> None:
        """Ranges that playing leaves out, ordered; until the next `load`."""
        self._skips = skips

    def seek(self, ms: int) -> None:
        self._until = None
        ms = max(ms, 0) if not self._duration else min(max(ms, 0), self._duration)
        self._since_seek.start()
        self._set_position(ms)
        if self._media is not None:
            self._media.setPosition(ms)
        self.other.seek(ms)
        self.jumped.emit()

    def position(self) -> int:
        """What is heard now, reckoned from the last report of the back end and the time since."""
        elapsed = max(0.0, self._clock.elapsed() - self._silence) if self._playing else 0.0
        elapsed = elapsed if self.alone else min(elapsed, _TRUST)
        ms = self._anchor + elapsed * self._rate
        return round(min(ms, self._duration) if self._duration else ms)

    # How it sounds

    @property
    def rate(self) -> float:
        return self._rate

    def set_rate(self, rate: float) -> None:
        """Speed, 0.25 to 4; the pitch stays."""
        rate = min(max(rate, SLOWEST), FASTEST)
        if rate == self._rate:
            return
        self._rebase(self.position())
        self._rate = rate
        if self._media is not None:
            self._media.setPlaybackRate(rate)
        self.other.set_rate(rate)
        self.rate_changed.emit(rate)

    @property
    def volume(self) -> float:
        return self._volume

    def set_volume(self, volume: float) -> None:
        """As loud as it seems to the ear, 0..1."""
        self._volume = min(max(volume, 0.0), 1.0)
        self._apply_volume()

    @property
    def muted(self) -> bool:
        return self._muted

    def set_muted(self, muted: bool) -> None:
        self._muted = muted
        self._apply_volume()

    def set_gain(self, gain: float) -> None:
        """How much softer it is while somebody speaks over it: a factor, 1 for not at all."""
        if gain != self._gain:
            self._gain = gain
            self._apply_volume()

    # What is seen

    def set_video_sink(self, sink: QVideoSink | None) -> None:
        """Where pictures go; without a sink none are decoded."""
        self._video_sink = sink
        if self._media is not None:
            self._media.setVideoSink(sink)  # type: ignore[arg-type]  # None is right, its stub forgot it

    # Inside

    def _run(self) -> None:
        """Play without a recording."""
        if not self._playing:
            self._set_position(0 if self.position() >= self._duration else self.position())
            self._begin()

    def _begin(self) -> None:
        self._playing = True
        self._rebase(self._anchor, self._lag())
        self._since_seek.start()
        self._timer.start()
        self.playing_changed.emit(True)

    def _tick(self) -> None:
        """A frame of playing has passed."""
        ms, near = self.position(), _FRAME * self._rate / 2  # half a frame early is as good as half a frame late
        crossed = self._before
        self._before = ms
        if self._loop is not None:
            end = self._loop[1]
            if self._duration:  # the very end would stop the back end
                end = min(end, round(self._duration - 4 * near))
            if crossed < end <= ms + near:
                self.seek(self._loop[0])
                return
        if self._until is not None and ms + near >= self._until:
            end = self._until
            self.stop()
            self.seek(end)
        elif (skip := self._skip_at(ms)) is not None:
            self.seek(skip)
        elif self.alone and self._duration and ms >= self._duration:
            self._freeze()
            self._set_position(self._duration)
        else:
            self.position_changed.emit(ms)

    def _skip_at(self, ms: int) -> int | None:
        """Where to go on if this place is to be left out."""
        at = bisect_right(self._skips, ms, key=lambda skip: skip[0]) - 1
        return self._skips[at][1] if at >= 0 and ms < self._skips[at][1] else None

    def _open(self, media: QMediaPlayer) -> None:
        self._opening = True
        media.setSource(QUrl.fromLocalFile(str(self._path)))

    def _back_end(self) -> QMediaPlayer | None:
        """The media player, made when first needed; None where QtMultimedia cannot be loaded."""
        if self._media is not None or self._broken:
            return self._media
        try:
            from PySide6.QtMultimedia import QMediaDevices, QMediaPlayer

            from .loudspeaker import loudspeaker
        except ImportError:
            self._broken = True
            return None
        self._output = loudspeaker(self)
        self._devices = QMediaDevices(self)
        self._devices.audioOutputsChanged.connect(self._follow_device)
        self._media = QMediaPlayer(self)
        self._media.setObjectName("mediaPlayer")
        self.other.leader = self._media
        self._media.setAudioOutput(self._output)
        self._media.setPlaybackRate(self._rate)
        self._media.positionChanged.connect(self._on_position)
        self._media.durationChanged.connect(self._on_duration)
        self._media.mediaStatusChanged.connect(self._on_status)
        self._media.playbackStateChanged.connect(self._on_state)
        self._media.hasVideoChanged.connect(self.video_changed)
        self._media.errorOccurred.connect(self._on_error)
        self.set_video_sink(self._video_sink)
        self._apply_volume()
        return self._media

    def _follow_device(self) -> None:
        """Headphones were plugged in or out."""
        from PySide6.QtMultimedia import QMediaDevices

        if self._output is not None:
            self._output.setDevice(QMediaDevices.defaultAudioOutput())
            self.other.set_device(QMediaDevices.defaultAudioOutput())

    def _tell_no_device(self) -> None:
        from PySide6.QtMultimedia import QMediaDevices

        if QMediaDevices.defaultAudioOutput().isNull() and not self._told_no_device:
            self._told_no_device = True
            self.failed.emit(_NO_DEVICE)

    def _apply_volume(self) -> None:
        if self._output is None:
            return
        from PySide6.QtMultimedia import QtAudio

        scale = QtAudio.VolumeScale
        linear = QtAudio.convertVolume(self._volume, scale.LogarithmicVolumeScale, scale.LinearVolumeScale)
        self._output.setVolume(linear * self._gain)
        self._output.setMuted(self._muted or self.other.heard)
        self.other.set_volume(linear * self._gain, self._muted)

    def _lag(self) -> float:
        """Milliseconds that sound comes after the back end's clock: it does not count what keeping the pitch takes."""
        return 0.0 if self._rate == 1.0 or self.alone else _STRETCH

    def _rebase(self, ms: float, silence: float = 0.0) -> None:
        self._anchor, self._silence = ms, silence
        self._clock.restart()

    def _set_position(self, ms: int) -> None:
        self._before = ms
        self._rebase(ms, self._lag())
        self.position_changed.emit(ms)

    def _set_duration(self, ms: int) -> None:
        if ms != self._duration:
            self._duration = ms
            self.duration_changed.emit(ms)

    def _freeze(self) -> None:
        """The clock stands still."""
        self.other.pause()
        if self._playing:
            self._anchor = self.position()
            self._playing = False
            self._timer.stop()
            self.playing_changed.emit(False)

    def _on_position(self, ms: int) -> None:
        if not self._playing or (self._since_seek.isValid() and self._since_seek.elapsed() < _SETTLE):
            return
        error = ms - self._lag() * self._rate - self.position()
        self._rebase(self.position() + (error if abs(error) > _DRIFT else error * 0.1))

    def _on_duration(self, ms: int) -> None:
        if ms > 0:
            self._set_duration(ms)

    def _on_status(self, status: QMediaPlayer.MediaStatus) -> None:
        media = self._media
        if media is None:
            return
        if status == status.LoadedMedia and self._opening:  # it is said after every seek, too
            self._opening = False
            if self._track:
                media.setActiveAudioTrack(self._track)
            media.setPosition(self.position())
        elif status == status.EndOfMedia:
            self._freeze()
            self._set_position(self._duration)

    def _on_state(self, state: QMediaPlayer.PlaybackState) -> None:
        if state == state.PlayingState and not self._playing:
            self._begin()
        elif state != state.PlayingState:
            self._freeze()

    def _on_error(self, error: QMediaPlayer.Error, text: str) -> None:
        self._freeze()
        name = self._path.name if self._path else ""
        self.failed.emit(f"“{name}” cannot be played here ({text or error.name}). Its transcript is not affected.")
