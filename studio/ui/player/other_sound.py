"""Another sound of the recording, and which of the two is to be heard. Runs on the window's thread.

It is loaded when the recording is played: see beside.py, which needs QtMultimedia.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioDevice, QMediaPlayer

    from .beside import Beside


class OtherSound(QObject):
    changed = Signal()  # another one of the two is heard
    failed = Signal(str)  # a sentence for the user; the recording's own is heard again

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        self._wanted = False
        self._rate = 1.0
        self.leader: QMediaPlayer | None = None  # plays the recording; None until something is played
        self._beside: Beside | None = None

    def set(self, path: Path | None) -> None:
        """A file with the same times, to be heard from now on; None: there is none."""
        self._path, self._wanted = path, path is not None
        if self._beside is not None:
            self._beside.load(path)
        elif self.leader is not None and self.leader.isPlaying():
            self.play()
        self.changed.emit()

    @property
    def wanted(self) -> bool:
        return self._wanted

    def want(self, on: bool) -> None:
        """Exchange the sounds."""
        self._wanted = on and self._path is not None
        self.changed.emit()

    @property
    def heard(self) -> bool:
        """Whether it takes the place of the recording's own already."""
        return self._wanted and self._beside is not None and self._beside.ready

    def play(self) -> None:
        """Together with the recording, whichever is heard."""
        if self._path is None or self.leader is None:
            return
        if self._beside is None:
            from .beside import Beside

            self._beside = Beside(self.leader, self)
            self._beside.ready_changed.connect(self.changed)
            self._beside.failed.connect(self._on_failed)
            self._beside.set_rate(self._rate)
            self._beside.load(self._path)
        self._beside.play()
        self.changed.emit()

    def pause(self) -> None:
        if self._beside is not None:
            self._beside.pause()

    def seek(self, ms: int) -> None:
        if self._beside is not None:
            self._beside.seek(ms)

    def set_rate(self, rate: float) -> None:
        self._rate = rate
        if self._beside is not None:
            self._beside.set_rate(rate)

    def set_device(self, device: QAudioDevice) -> None:
        if self._beside is not None:
            self._beside.output.setDevice(device)

    def set_volume(self, linear: float, muted: bool) -> None:
        if self._beside is not None:
            self._beside.output.setVolume(linear)
            self._beside.output.setMuted(muted or not self.heard)

    def _on_failed(self, text: str) -> None:
        self._path = None
        self.want(False)
        self.failed.emit(f"The cleaned sound cannot be played ({text}), so the recording is heard as it is.")
