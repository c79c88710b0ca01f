"""The voice-over below the recording: speech as blocks with its own waveform, what overruns in the warning colour.

Drawn column by column with numpy, as drawing.py does. Window's thread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

from studio.ui.theme import Theme, mix
from studio.ui.waveform import drawing
from studio.ui.waveform.scene import PeakSource, Rows, rows_of_columns

_EDGE = 0.55  # of the speaker's colour, at the sides of a block
_BAND = 3  # device pixels at the top of what overruns
_QUIETEST = 0.02  # speech that is softer is not blown up beyond this


@dataclass(frozen=True, slots=True)
class Speech:
    """One row for each speech, in order of time: milliseconds, `cue_ends` where its cue ends; voices as in Scene."""

    starts: Rows
    ends: Rows
    cue_ends: Rows
    voices: Rows
    stale: npt.NDArray[np.bool_]  # its text or voice is another since
    peaks: PeakSource
    gain: float = 1.0


def speech_of(rows: list[tuple[int, int, int, int, bool]], peaks: PeakSource) -> Speech:
    """Rows of start, end, end of the cue, voice, stale."""
    starts, ends, cue_ends, voices, stale = np.array(rows, np.int64).reshape(-1, 5).T
    loudest = float(np.abs(peaks.slice(0, peaks.duration, 2048)).max()) if peaks.duration else 0.0
    gain = 0.92 / max(loudest, _QUIETEST)
    return Speech(starts, ends, cue_ends, voices, stale.astype(bool), peaks, gain)


def lane(speech: Speech, start: float, end: float, theme: Theme, width: int, height: int) -> QImage:
    """The stretch start..end; sizes are device pixels."""
    rows = rows_of_columns(speech.starts, speech.ends, start, end, width)
    said = rows >= 0
    over = _overruns(speech, start, end, width)
    ground, warn = theme.color("surface"), theme.color("warn")
    voices = drawing.places(speech.voices, rows)
    below = np.full(width, _rgb(ground), np.uint32)
    below[said] = drawing.voice_colors(theme, drawing.TINT_SELECTED)[voices[said]]
    edge = said & (np.diff(rows, prepend=-2) != 0)
    below[edge] = drawing.voice_colors(theme, _EDGE)[voices[edge]]
    below[over] = _rgb(theme.color("warn_fill"))
    ink = drawing.voice_colors(theme)[voices]
    stale = np.append(speech.stale, False)[rows]
    ink[stale] = drawing.voice_colors(theme, _EDGE)[voices[stale]]
    ink[over] = _rgb(warn)
    image = np.broadcast_to(below, (height, width)).copy()
    pairs = speech.peaks.slice(round(start), round(end), width) * speech.gain
    drawing.draw_wave(image, pairs, np.where(said, ink, below))
    image[:_BAND, over] = _rgb(warn)
    image[0] = np.where(over, image[0], _rgb(mix(ground, theme.color("border"), 1.0)))
    return QImage(image.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()  # outlives the array


def _overruns(speech: Speech, start: float, end: float, width: int) -> npt.NDArray[np.bool_]:
    """Columns in which a speech goes on after its cue."""
    out = np.zeros(width, bool)
    rows = np.flatnonzero((speech.ends > speech.cue_ends) & (speech.ends > start) & (speech.cue_ends < end))
    scale = width / max(end - start, 1)
    first = ((np.maximum(speech.cue_ends[rows], speech.starts[rows]) - start) * scale).round().clip(0, width)
    last = ((speech.ends[rows] - start) * scale).round().clip(0, width)
    for a, b in zip(first.astype(int).tolist(), last.astype(int).tolist(), strict=True):
        out[a : max(b, a + 1)] = True
    return out


def _rgb(color: QColor) -> int:
    return int(color.rgb())
