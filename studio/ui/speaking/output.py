"""Plays sound that is still being made: pieces come in while the first of them is heard. Runs on the window's thread.

QtMultimedia is imported when something is first to be heard, see player.py.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QElapsedTimer, QIODevice, QObject, Qt, QTimer, Signal

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioFormat, QAudioSink, QMediaDevices, QtAudio

_FEED_EVERY = 15  # milliseconds
_AHEAD = 400  # milliseconds, see SpeechOutput
_STUCK = 1_200  # milliseconds without progress: some sound systems do not tell that a device is gone
_WAKES = 4_000  # the same before anything was heard: headphones without a wire may have to wake up
_FLOWS = 300  # milliseconds in which there is progress as long as the device is there
_NO_SOUND_SYSTEM = (
    "Nothing can be heard here: Qt's sound library cannot be loaded. "
    "Install the system package libpulse0 and start again; speech can still be exported."
)
_NO_DEVICE = "No loudspeaker or headphones were found: connect one, then play again. Speech can still be exported."
_GONE = (
    "The loudspeaker or headphones are gone: speech is paused. "
    "Connect some, then play; it goes on with the sentence that was cut."
)


class SpeechOutput(QObject):
    """One stream at a time: `begin`, `add` as often as there is sound, `finish`. Times: milliseconds of the stream."""

    position_changed = Signal(int)  # what is heard now
    playing_changed = Signal(bool)
    ended = Signal()  # all was heard, and no more will come
    failed = Signal(str)  # a sentence for the user; the stream is paused where it stopped
    device_came = Signal()  # there is something to play on, perhaps again

    def __init__(self, parent: QObject | None = None, ahead: int = _AHEAD) -> None:
        """`ahead`: milliseconds that the sound system holds, so that a busy window is not heard."""
        super().__init__(parent)
        self._ahead = ahead
        self._sink: QAudioSink | None = None
        self._pipe: QIODevice | None = None
        self._format: QAudioFormat | None = None
        self._devices: QMediaDevices | None = None
        self._rate = 0  # of the stream
        self._parts: deque[tuple[int, NDArray[np.float32]]] = deque()  # first sample, samples; until they were heard
        self._length = 0  # samples of the stream that came in
        self._given = 0  # samples of it that the sound system has got
        self._opened = 0  # of which so many before the device in use was opened
        self._device = b""  # its id
        self._patience = 0  # milliseconds without progress that it may take
        self.heard = 0  # where the last look was, in milliseconds; may be read from any thread
        self._whole = False
        self._playing = False
        self._volume = 1.0
        self._since_heard = QElapsedTimer()  # that something new was heard, or that there was nothing to hear
        self._timer = QTimer(self, interval=_FEED_EVERY, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._feed)

    # The stream

    def begin(self, rate: int) -> None:
        """A new stream of so many samples a second; what was heard before ends."""
        self.stop()
        self._rate, self._whole = rate, False
        self._length = self._given = self._opened = self.heard = 0

    def add(self, samples: NDArray[np.float32]) -> None:
        """More of it; mono, -1..1."""
        self._parts.append((self._length, samples))
        self._length += len(samples)

    def drop(self) -> None:
        """Forget what came in and is not heard yet, also what the sound system holds; more may come."""
        self._length = self._given = self._opened = self.position() * self._rate // 1000
        self._parts.clear()
        if self._sink is not None and self._pipe is not None:
            self._sink.reset()
            self._pipe = self._sink.start() if self._playing else None

    def go_back(self, ms: int) -> None:
        """While it is paused: go on from there. It must not be farther back than the piece that is heard began."""
        self._close()
        self._given = self._opened = ms * self._rate // 1000
        self.heard = ms

    def finish(self) -> None:
        """No more will come."""
        self._whole = True

    @property
    def length(self) -> int:
        """Of what came in so far."""
        return self._length * 1000 // self._rate if self._rate else 0

    # Playing

    @property
    def playing(self) -> bool:
        return self._playing

    def position(self) -> int:
        waiting = 0
        if self._sink is not None and self._format is not None:
            held = self._sink.bufferSize() - self._sink.bytesFree()
            waiting = self._format.framesForBytes(held) * self._rate // self._format.sampleRate()
        return max(self._opened, self._given - waiting) * 1000 // self._rate if self._rate else 0

    def play(self) -> None:
        """From the beginning, or on from where it was paused. Emits `failed` if that cannot be."""
        if self._playing or not self._rate:
            return
        if self._sink is None and not self._open():
            return
        assert self._sink is not None
        if self._pipe is None:
            self._pipe = self._sink.start()
        else:
            self._sink.resume()
        self._since_heard.start()
        self._patience = _WAKES
        self._set_playing(True)
        self._feed()

    def pause(self) -> None:
        if self._playing and self._sink is not None:
            self._sink.suspend()
            self._set_playing(False)

    def stop(self) -> None:
        """End the stream; its sound is forgotten."""
        self._close()
        self._rate = self._length = self._given = self._opened = self.heard = 0
        self._parts.clear()

    def set_volume(self, volume: float) -> None:
        """As loud as it seems to the ear, 0..1."""
        self._volume = volume
        self._apply_volume()

    # Inside

    def _open(self) -> bool:
        try:
            from PySide6.QtMultimedia import QAudioFormat, QAudioSink, QMediaDevices
        except ImportError:
            self.failed.emit(_NO_SOUND_SYSTEM)
            return False
        if self._devices is None:
            self._devices = QMediaDevices(self)
            self._devices.audioOutputsChanged.connect(self._follow_device)
        device = QMediaDevices.defaultAudioOutput()
        if device.isNull():
            self.failed.emit(_NO_DEVICE)
            return False
        form = device.preferredFormat()
        form.setSampleFormat(QAudioFormat.SampleFormat.Float)
        form.setSampleRate(self._rate)
        if not device.isFormatSupported(form):
            form.setSampleRate(device.preferredFormat().sampleRate())
        self._format, self._device = form, bytes(device.id().data())
        self._sink = QAudioSink(device, form, self)
        self._sink.setBufferSize(form.bytesForDuration(self._ahead * 1000))
        self._apply_volume()
        return True

    def _feed(self) -> None:
        """Hand over as much as the sound system takes; it is asked often, because it holds little."""
        if self._sink is None or self._format is None:
            return
        if self._pipe is None or self._sink.error() in _errors():
            self._lose(_GONE)
            return
        room = self._format.framesForBytes(self._sink.bytesFree()) * self._rate // self._format.sampleRate()
        while len(samples := self._waiting(room)):
            self._pipe.write(_fitted(samples, self._rate, self._format))
            self._given += len(samples)
            room -= len(samples)
        before, self.heard = self.heard, self.position()
        here = self.heard
        if here != before:
            self._patience = _STUCK
        if here != before or self._given * 1000 // self._rate <= here:
            self._since_heard.start()
        elif self._since_heard.elapsed() > self._patience:
            self._lose(_GONE)
            return
        self.position_changed.emit(here)
        if self._whole and self._given == self._length and here >= self.length:
            self._close()
            self.ended.emit()

    def _waiting(self, most: int) -> NDArray[np.float32]:
        """The next samples for the sound system, up to the end of their part; what was surely heard is forgotten."""
        heard = self._given - 2 * self._ahead * self._rate // 1000
        while self._parts and self._parts[0][0] + len(self._parts[0][1]) < heard:
            self._parts.popleft()
        for first, samples in self._parts:
            if first <= self._given < first + len(samples):
                return samples[self._given - first :][:most]
        return np.zeros(0, np.float32)

    def _follow_device(self) -> None:
        """Headphones were plugged in or out: on with what is there now, from the same place."""
        from PySide6.QtMultimedia import QMediaDevices

        device, playing = QMediaDevices.defaultAudioOutput(), self._playing
        if playing and device.isNull():
            self._lose(_GONE)
            return
        if self._sink is not None and not (bytes(device.id().data()) == self._device and self._flows):
            self._rewind()
            if playing:
                self.play()
        if not device.isNull():
            self.device_came.emit()

    @property
    def _flows(self) -> bool:
        return self._playing and self._since_heard.elapsed() < _FLOWS

    def _lose(self, sentence: str) -> None:
        self._rewind()
        self.failed.emit(sentence)

    def _rewind(self) -> None:
        """Give the device back; what it held but did not play is given to the next one."""
        self._given = self._opened = self.position() * self._rate // 1000
        self._close()

    def _close(self) -> None:
        if self._sink is not None:
            self._sink.reset()
            self._sink.deleteLater()
        self._sink = self._pipe = self._format = None
        self._set_playing(False)

    def _set_playing(self, playing: bool) -> None:
        if playing == self._playing:
            return
        self._playing = playing
        if playing:
            self._timer.start()
        else:
            self._timer.stop()
        self.playing_changed.emit(playing)

    def _apply_volume(self) -> None:
        if self._sink is not None:
            from PySide6.QtMultimedia import QtAudio

            scale = QtAudio.VolumeScale
            self._sink.setVolume(
                QtAudio.convertVolume(self._volume, scale.LogarithmicVolumeScale, scale.LinearVolumeScale)
            )


def _errors() -> tuple[QtAudio.Error, ...]:
    """Those that end the stream; that nothing was there to play for a moment does not."""
    from PySide6.QtMultimedia import QtAudio

    return QtAudio.Error.OpenError, QtAudio.Error.IOError, QtAudio.Error.FatalError


def _fitted(samples: NDArray[np.float32], rate: int, form: QAudioFormat) -> bytes:
    """As the device wants it: its rate, and the same on every channel."""
    if form.sampleRate() != rate:
        wanted = np.arange(len(samples) * form.sampleRate() // rate) * (rate / form.sampleRate())
        samples = np.interp(wanted, np.arange(len(samples)), samples).astype(np.float32)
    return np.repeat(samples, form.channelCount()).tobytes()
