"""Waveform pictures, column by column with numpy: as quick for four hours as for a minute. Window's thread."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

from studio.ui.theme import LIGHT, Theme, mix
from studio.ui.waveform.scene import Scene

TINT, TINT_SELECTED = 0.11, 0.25  # of the speaker's colour, behind its waveform

# A "nice" distance of ruler lines is one of these, in milliseconds.
_STEPS = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000)


def ruler_step(span: int, width: int, least: int) -> int:
    """Milliseconds between ruler labels that stand at least `least` pixels apart."""
    return next((step for step in _STEPS if step * width >= least * span), 3_600_000)


def ruler_label(ms: int, step: int) -> str:
    """ "12:30", with hours where there are any and tenths where the step needs them."""
    seconds = ms // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    text = f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes:02}:{seconds % 60:02}"
    return text if step >= 1000 else f"{text}.{ms % 1000 // 100}"


def stretch(scene: Scene, theme: Theme, width: int, height: int, top: int) -> QImage:
    """The visible stretch: waveform in the speakers' colours, cues tinted behind it.

    Sizes are device pixels; the waveform leaves the rows above `top` free.
    """
    rows = scene.rows_of_columns(scene.start, scene.end, width)
    voices = _voices(scene, rows)
    below = np.full(width, _rgb(theme.color("raised")), np.uint32)
    spoken = rows >= 0
    chosen = spoken & (rows == scene.selected_row())
    below[spoken] = _voice_colors(theme, TINT)[voices[spoken]]
    below[chosen] = _voice_colors(theme, TINT_SELECTED)[voices[chosen]]
    image = np.broadcast_to(below, (height, width)).copy()
    if scene.peaks is not None:
        pairs = scene.peaks.slice(scene.start, scene.end, width) * scene.gain
        _draw_wave(image[top:], pairs, _voice_colors(theme)[voices])
    return QImage(image.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()  # outlives the array


def whole(scene: Scene, theme: Theme, width: int, height: int) -> QImage:
    """The waveform of the whole recording in the speakers' colours. Sizes are device pixels."""
    image = np.full((height, width), _rgb(theme.color("surface")), np.uint32)
    if scene.peaks is not None:
        voices = _voices(scene, scene.rows_of_columns(0, scene.duration, width))
        _draw_wave(image, scene.peaks.slice(0, scene.duration, width) * scene.gain, _voice_colors(theme)[voices])
    return QImage(image.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()


def strip(scene: Scene, theme: Theme, width: int) -> QImage:
    """One line of pixels: who speaks, over the whole recording."""
    rows = scene.rows_of_columns(0, scene.duration, width)
    line = _voice_colors(theme)[_voices(scene, rows)]
    line[rows < 0] = _rgb(theme.color("surface"))
    return QImage(line.data, width, 1, width * 4, QImage.Format.Format_RGB32).copy()


def _draw_wave(image: npt.NDArray[np.uint32], pairs: npt.NDArray[np.float32], ink: npt.NDArray[np.uint32]) -> None:
    """One upright line per column from its lowest to its highest sample; silence is a line in the middle."""
    height = len(image)
    middle = (height - 1) // 2
    top = middle - np.rint(np.clip(pairs[:, 1], 0, 1) * middle)
    bottom = middle - np.rint(np.clip(pairs[:, 0], -1, 0) * middle)
    y = np.arange(height)[:, np.newaxis]
    np.copyto(image, ink, where=(y >= top) & (y <= bottom))


def _voices(scene: Scene, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Places in `_voice_colors` for rows, where row -1 is nobody."""
    voices = np.append(scene.voices, -1)[rows]
    return np.where(voices < 0, -1, voices % len(LIGHT.speakers))


def _voice_colors(theme: Theme, share: float = 1.0) -> npt.NDArray[np.uint32]:
    """The speakers' colours as 0xffRRGGBB, last the one for nobody; `share` thins them on the ground."""
    ground = theme.color("raised")
    inks = [QColor(value) for value in (*theme.colors.speakers, theme.colors.text3)]
    return np.array([_rgb(mix(ground, ink, share)) for ink in inks], np.uint32)


def _rgb(color: QColor) -> int:
    return int(color.rgb())
