"""Waveform pictures, column by column with numpy: as quick for four hours as for a minute. Window's thread."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

from studio.ui.theme import LIGHT, Theme, mix
from studio.ui.waveform.block import Block
from studio.ui.waveform.scene import Scene

TINT, TINT_SELECTED = 0.11, 0.25  # of the speaker's colour, behind its waveform
GRID = 0.1  # of the labels' colour, in the lines below the ruler


def stretch(scene: Scene, theme: Theme, width: int, height: int, top: int, ticks: Sequence[int]) -> QImage:
    """The visible stretch: waveform in the speakers' colours, behind it cues as tints and lines at the `ticks`.

    Sizes are device pixels; the waveform leaves the rows above `top` free.
    """
    rows = scene.rows_of_columns(scene.start, scene.end, width)
    voices = _voices(scene, rows)
    spoken = rows >= 0
    chosen = spoken.copy()
    chosen[spoken] = np.isin(scene.ids[rows[spoken]], scene.selected_ids)
    below = np.full(width, _rgb(theme.color("raised")), np.uint32)
    below[spoken] = voice_colors(theme, TINT)[voices[spoken]]
    below[chosen] = voice_colors(theme, TINT_SELECTED)[voices[chosen]]
    grid = theme.color("text3")
    for x in ticks:
        below[x] = _rgb(mix(QColor.fromRgb(int(below[x])), grid, GRID))
    image = np.broadcast_to(below, (height, width)).copy()
    pairs = scene.wave(width)
    if pairs is not None:
        draw_wave(image[top:], pairs, voice_colors(theme)[voices])
    return QImage(image.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()  # outlives the array


def spectrogram(block: Block, theme: Theme) -> QImage | None:
    """The spectrum of a block, one pixel per column and band, in a scale from the ground to the text colour."""
    if block.spectrum is None or not block.spectrum.size:
        return None
    bands, columns = block.spectrum.shape
    rows = np.zeros((bands, -(-columns // 4) * 4), np.uint8)  # Qt wants lines of whole words
    rows[:, :columns] = block.spectrum
    image = QImage(rows.data, columns, bands, rows.shape[1], QImage.Format.Format_Indexed8)
    image.setColorTable(_heat(theme))
    return image.convertToFormat(QImage.Format.Format_RGB32)  # once, not at every painting


def _heat(theme: Theme) -> list[int]:
    """256 colours from silence to loud: the ground, violet, magenta, the text colour."""
    ground, violet, magenta = (QColor(c) for c in (theme.colors.surface, *(theme.colors.speakers[i] for i in (6, 3))))
    stops = [ground, mix(ground, violet, 0.45), violet, magenta, mix(magenta, theme.color("text"), 0.8)]
    at = np.linspace(0, len(stops) - 1, 256)
    places = at.astype(int).clip(None, len(stops) - 2)
    return [_rgb(mix(stops[i], stops[i + 1], float(t - i))) for t, i in zip(at, places.tolist(), strict=True)]


def whole(scene: Scene, theme: Theme, bars: int, height: int, bar: int, ink: int) -> QImage:
    """The waveform of the whole recording as bars in the speakers' colours: one every `bar` pixels, `ink` wide.

    Sizes are device pixels.
    """
    image = np.full((height, bars * bar), _rgb(theme.color("surface")), np.uint32)
    if scene.peaks is not None:
        voices = _voices(scene, scene.rows_of_columns(0, scene.duration, bars))
        pairs = scene.peaks.slice(0, scene.duration, bars) * scene.gain
        for x in range(ink):
            draw_wave(image[:, x::bar], pairs, voice_colors(theme)[voices])
    return QImage(image.data, bars * bar, height, bars * bar * 4, QImage.Format.Format_RGB32).copy()


def strip(scene: Scene, theme: Theme, width: int) -> QImage:
    """One line of pixels: who speaks, over the whole recording."""
    rows = scene.rows_of_columns(0, scene.duration, width)
    line = voice_colors(theme)[_voices(scene, rows)]
    line[rows < 0] = _rgb(theme.color("surface"))
    return QImage(line.data, width, 1, width * 4, QImage.Format.Format_RGB32).copy()


def draw_wave(image: npt.NDArray[np.uint32], pairs: npt.NDArray[np.float32], ink: npt.NDArray[np.uint32]) -> None:
    """One upright line per column from its lowest to its highest sample; silence is a line in the middle."""
    height = len(image)
    middle = (height - 1) // 2
    top = middle - np.rint(np.clip(pairs[:, 1], 0, 1) * middle).astype(np.int16)  # small numbers compare fastest
    bottom = middle - np.rint(np.clip(pairs[:, 0], -1, 0) * middle).astype(np.int16)
    y = np.arange(height, dtype=np.int16)[:, np.newaxis]
    np.copyto(image, ink, where=(y >= top) & (y <= bottom))


def _voices(scene: Scene, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return places(scene.voices, rows)


def places(voices: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Places in `voice_colors` for rows, where row -1 is nobody."""
    found = np.append(voices, -1)[rows]
    return np.where(found < 0, -1, found % len(LIGHT.speakers))


def voice_colors(theme: Theme, share: float = 1.0) -> npt.NDArray[np.uint32]:
    """The speakers' colours as 0xffRRGGBB, last the one for nobody; `share` thins them on the ground."""
    ground = theme.color("raised")
    inks = [QColor(value) for value in (*theme.colors.speakers, theme.colors.text3)]
    return np.array([_rgb(mix(ground, ink, share)) for ink in inks], np.uint32)


def _rgb(color: QColor) -> int:
    return int(color.rgb())
