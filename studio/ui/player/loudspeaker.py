"""Where a media player's sound goes. Runs on the window's thread; Qt's threads for sound look in."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtMultimedia import QAudioOutput


def loudspeaker(parent: QObject) -> QAudioOutput:
    """An output for one player.

    When pictures are turned on or off, Qt's thread for sound leaves its output and asks Python whether that was
    overridden, while the window's thread, which Python works for, waits for it: the window would stand still for ever.
    Only the first time has to be asked, so it is here.
    """
    output = QAudioOutput(parent)
    output.volumeChanged.connect(_nothing)
    output.volumeChanged.disconnect(_nothing)
    return output


def _nothing(volume: float) -> None:
    pass
