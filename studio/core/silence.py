"""Where nobody speaks: the pauses of a recording that playing may leave out. Pure; any thread."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

BIN_MS = 10  # what one row of the peaks covers
SHORTEST = 1_000  # milliseconds; shorter pauses belong to speech
MARGIN = 200  # milliseconds left on both sides, so that no breath is cut

_FLOOR, _CEILING = 100, 1_600  # of 32768: -50 and -26 dB; between them lies what may count as quiet
_ABOVE_NOISE = 2.0  # how far quiet reaches above the recording's own noise


def quiet_level(peaks: npt.NDArray[np.int16]) -> int:
    """The largest sample (0..32767) that counts as quiet here: twice the noise of the quietest tenth.

    peaks: shape (bins, 2), lowest and highest sample of every 10 ms.
    """
    if not len(peaks):
        return _FLOOR
    return round(min(max(float(np.percentile(_loudness(peaks), 10)) * _ABOVE_NOISE, _FLOOR), _CEILING))


def silent_ranges(
    peaks: npt.NDArray[np.int16], threshold: int, spoken: Iterable[tuple[int, int]] = ()
) -> list[tuple[int, int]]:
    """Pauses longer than a second, without 200 ms at both their ends; ordered (start, end) in milliseconds.

    peaks: shape (bins, 2), lowest and highest sample of every 10 ms; a bin is quiet when neither is beyond
    `threshold`. spoken: (start, end) of segments, milliseconds; nothing of them is silent, whatever the peaks say.
    """
    quiet = (peaks[:, 0] >= -threshold) & (peaks[:, 1] <= threshold)
    for start, end in spoken:
        quiet[max(0, start // BIN_MS) : max(0, -(-end // BIN_MS))] = False
    edges = np.flatnonzero(np.diff(np.concatenate(([False], quiet, [False])))) * BIN_MS
    return [(start + MARGIN, end - MARGIN) for start, end in edges.reshape(-1, 2).tolist() if end - start > SHORTEST]


def _loudness(peaks: npt.NDArray[np.int16]) -> npt.NDArray[np.int32]:
    wide = peaks.astype(np.int32)
    return np.maximum(-wide[:, 0], wide[:, 1])
