"""DeepFilterNet 3 as numpy and three ONNX networks; runs in a child process (see child.py).

H. Schröter et al., "DeepFilterNet: Perceptually Motivated Real-Time Speech Enhancement", Interspeech 2023; the numbers
are those of config.ini in the archive and of libDF. An encoder hears loudness in 32 bands and the lower spectrum; one
decoder gives a gain for each band, the other a filter of five frames for each of the lower 96 lines (up to 4.8 kHz).
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from studio.core.errors import ModelError

_RATE, _SIZE, _HOP = 48_000, 960, 480
_BANDS, _LINES = 32, 96
_ORDER, _AHEAD = 5, 2  # frames of the filter; how many of them lie in the future, as for the encoder
_FORGET = 0.99  # a second, in frames of 10 ms
_FOLDER = "tmp/export"  # in the archive
_NETWORKS = ("enc", "erb_dec", "df_dec")

Floats = NDArray[np.float32]
Spectrum = NDArray[np.complex64]


class Session:
    def __init__(self, weights: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # or idle threads burn a core
        try:
            with tarfile.open(weights) as archive:
                self._networks = {
                    name: onnxruntime.InferenceSession(_member(archive, name), options) for name in _NETWORKS
                }
        except Exception as error:
            raise ModelError(
                "The weights of the noise removal cannot be loaded.",
                "Fetch them again: studio models remove deepfilternet-3",
                repr(error),
            ) from error

    def clean(self, samples: Floats, first: int, last: int) -> Iterator[Floats]:
        """Yields samples first..last, cleaned; what is around them is only heard."""
        spectrum = _analysed(np.nan_to_num(samples))
        yield _sounding(self._enhanced(spectrum))[first:last]

    def _enhanced(self, spectrum: Spectrum) -> Spectrum:
        loudness, lines = _features(spectrum)
        names = ("e0", "e1", "e2", "e3", "emb", "c0")
        features = {"feat_erb": _early(loudness[None, None], 2), "feat_spec": _early(lines, 2)}
        heard = dict(zip(names, self._run("enc", names, **features), strict=True))
        coded = {name: heard[name] for name in ("emb", "e3", "e2", "e1", "e0")}
        gains = self._run("erb_dec", ("m",), **coded)[0][0, 0]
        filters = self._run("df_dec", ("coefs",), emb=heard["emb"], c0=heard["c0"])[0]
        taps = filters.reshape(len(spectrum), _LINES, _ORDER, 2)
        enhanced: Spectrum = spectrum * np.repeat(gains, _WIDTHS, axis=1)
        enhanced[:, :_LINES] = _filtered(spectrum[:, :_LINES], taps[..., 0] + 1j * taps[..., 1])
        return enhanced

    def _run(self, network: str, outputs: tuple[str, ...], **inputs: Floats) -> list[Any]:
        results: list[Any] = self._networks[network].run(outputs, inputs)
        return results


def _member(archive: tarfile.TarFile, network: str) -> bytes:
    file = archive.extractfile(f"{_FOLDER}/{network}.onnx")
    assert file is not None
    return file.read()


def _widths() -> list[int]:
    """How many spectral lines each band has: equal steps of equivalent rectangular bandwidth, two lines at least."""
    top = 9.265 * np.log1p(_RATE / 2 / (24.7 * 9.265))
    widths, previous, over = [], 0, 0
    for band in range(1, _BANDS + 1):
        frequency = 24.7 * 9.265 * np.expm1(band * top / _BANDS / 9.265)
        line = round(frequency / (_RATE / _SIZE))
        width = max(2, line - previous - over)
        over = width - (line - previous - over)
        widths.append(width)
        previous = line
    widths[-1] += _SIZE // 2 + 1 - sum(widths)
    return widths


_WIDTHS = np.array(_widths())
_STARTS = np.concatenate([[0], np.cumsum(_WIDTHS)[:-1]])
_WINDOW = np.sin(np.pi / 2 * np.sin(np.pi * (np.arange(_SIZE) + 0.5) / _SIZE) ** 2).astype(np.float32)


def _analysed(samples: Floats) -> Spectrum:
    """Frames of 20 ms every 10 ms, shape (frames, 481); the first begins 10 ms before the sound."""
    padded = np.pad(samples, (_HOP, _HOP + -len(samples) % _HOP))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _SIZE)[::_HOP]
    return (np.fft.rfft(frames * _WINDOW, axis=1) * (2 * _HOP / _SIZE**2)).astype(np.complex64)


def _sounding(spectrum: Spectrum) -> Floats:
    """The inverse; a few samples longer where the sound was not of whole frames."""
    frames = np.fft.irfft(spectrum, _SIZE, axis=1) * (_SIZE * _WINDOW)
    return (frames[:-1, _HOP:] + frames[1:, :_HOP]).astype(np.float32).ravel()


def _features(spectrum: Spectrum) -> tuple[Floats, Floats]:
    """What the encoder hears: loudness of the bands, (frames, 32), and lines of the spectrum, (1, 2, frames, 96)."""
    power = np.add.reduceat(np.abs(spectrum) ** 2, _STARTS, axis=1) / _WIDTHS
    loudness = 10 * np.log10(power + 1e-10)
    loudness = (loudness - _running_mean(loudness, np.linspace(-60, -90, _BANDS))) / 40
    lower = spectrum[:, :_LINES]
    scaled = lower / np.sqrt(_running_mean(np.abs(lower), np.linspace(1e-3, 1e-4, _LINES)))
    return loudness.astype(np.float32), np.stack([scaled.real, scaled.imag])[None].astype(np.float32)


def _running_mean(values: NDArray[Any], start: NDArray[np.float64]) -> NDArray[np.float64]:
    means, mean = np.empty(values.shape), start
    for n, value in enumerate(values):
        mean = means[n] = value * (1 - _FORGET) + mean * _FORGET
    return means


def _early(features: Floats, axis: int) -> Floats:
    """Each frame is told of those `_AHEAD` later; zeros at the end."""
    later = np.moveaxis(np.zeros_like(features), axis, 0)
    later[:-_AHEAD] = np.moveaxis(features, axis, 0)[_AHEAD:]
    return np.ascontiguousarray(np.moveaxis(later, 0, axis))


def _filtered(lines: Spectrum, taps: NDArray[Any]) -> Spectrum:
    """Every line is the sum of five frames around it, each times its tap."""
    around = np.pad(lines, ((_ORDER - 1 - _AHEAD, _AHEAD), (0, 0)))
    result: Spectrum = np.zeros_like(lines)
    for n in range(_ORDER):
        result += (around[n : n + len(lines)] * taps[:, :, n]).astype(np.complex64)
    return result
