"""Another sound of the recording that is played: heard in its place, at the same moment. Runs on the window's thread.

Both play on together and one of them is silent, so that one can be exchanged for the other in the middle of a word,
and pictures go on. Made by the Player when QtMultimedia is loaded.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QObject, QUrl, Signal
from PySide6.QtMultimedia import QMediaPlayer

from .loudspeaker import loudspeaker

_APART, _HEARD_APART = 40, 150  # milliseconds out of step that nobody hears; bringing it in step is heard, too
_SETTLE = 300  # milliseconds after a seek in which places are not compared
_LOOKS = 9  # comparisons, of which the middle one counts: a busy computer tells late
_MOST = 250  # milliseconds; what it is farther off is no delay of the sound system
_TRIES = 3  # to be in step, after each seek


class Beside(QObject):
    """Follows `leader`; `ready_changed` tells when it may be heard, or not any more."""

    ready_changed = Signal()
    failed = Signal(str)  # what the back end says

    def __init__(self, leader: QMediaPlayer, parent: QObject) -> None:
        super().__init__(parent)
        self._leader = leader
        self._lead = 0  # milliseconds by which it must be sent ahead to be in step
        self._late: list[float] = []
        self._tries = 0
        self._since = QElapsedTimer()  # the last seek
        self._clock = QElapsedTimer()
        self._clock.start()
        self._theirs = 0.0  # where the leader was at the time 0 of the clock, by its last report
        self._moving = False  # sound comes, as far as can be told
        self.output = loudspeaker(self)
        self.output.setMuted(True)
        self._media = QMediaPlayer(self)
        self._media.setObjectName("besidePlayer")
        self._media.setAudioOutput(self.output)
        leader.positionChanged.connect(self._on_leader)
        self._media.positionChanged.connect(self._on_position)
        self._media.mediaStatusChanged.connect(self._on_status)
        self._media.errorOccurred.connect(self._on_error)

    @property
    def ready(self) -> bool:
        """Whether it can take the leader's place now: in step while that plays, or both rest."""
        return not self._media.source().isEmpty() and (self._moving or not self._leader.isPlaying())

    def load(self, path: Path | None) -> None:
        self._moving, self._lead = False, 0
        self._media.setSource(QUrl.fromLocalFile(str(path)) if path else QUrl())

    def play(self) -> None:
        if not self._media.source().isEmpty():
            self._moving = self._moving or not self._leader.isPlaying()  # both begin together
            self.seek(self._leader.position())
            self._media.play()

    def pause(self) -> None:
        self._media.pause()

    def seek(self, ms: int) -> None:
        self._tries = 0
        self._go(ms)

    def _go(self, ms: int) -> None:
        self._since.start()
        self._late.clear()
        self._media.setPosition(ms + (self._lead if self._leader.isPlaying() else 0))

    def set_rate(self, rate: float) -> None:
        self._media.setPlaybackRate(rate)

    def _on_position(self, ms: int) -> None:
        if not (self._leader.isPlaying() and self._media.isPlaying()):
            return
        self._set_moving(True)
        if self._since.elapsed() < _SETTLE or self._tries == _TRIES:
            return
        self._late.append(self._theirs - self._began(ms))
        if len(self._late) == _LOOKS:
            late = sorted(self._late)[_LOOKS // 2]
            self._late.clear()
            if abs(late) > (_APART if self.output.isMuted() else _HEARD_APART):
                self._lead = min(max(self._lead + round(late), -_MOST), _MOST)
                self._tries += 1
                self._go(round(self._theirs + self._clock.elapsed() * self._media.playbackRate()))

    def _on_leader(self, ms: int) -> None:
        self._theirs = self._began(ms)

    def _began(self, ms: int) -> float:
        return ms - self._clock.elapsed() * self._media.playbackRate()

    def _on_status(self, status: QMediaPlayer.MediaStatus) -> None:
        if status == status.LoadedMedia and self._leader.isPlaying() and not self._media.isPlaying():
            self.play()

    def _on_error(self, error: QMediaPlayer.Error, text: str) -> None:
        self._set_moving(False)
        self._media.setSource(QUrl())
        self.failed.emit(text or error.name)

    def _set_moving(self, moving: bool) -> None:
        if moving != self._moving:
            self._moving = moving
            self.ready_changed.emit()
