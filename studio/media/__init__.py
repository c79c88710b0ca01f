"""Recordings on disk: probing, decoding to 16 kHz mono, peaks. PyAV and numpy; constant memory.

Called from worker threads; nothing here keeps state between calls.
"""

from .cut import cut
from .decode import DecodeResult, decode, read_peaks
from .encode import ENCODINGS, Encoding, encode
from .peaks import Peaks, PeaksWriter
from .probe import SUFFIXES, MediaInfo, Track, expand, fingerprint, probe
from .stretch import read_stretch
from .tone import delivered, resampled, timed
from .wav import SAMPLE_RATE, Samples, wav_duration
from .wav_peaks import wav_peaks

__all__ = [
    "ENCODINGS",
    "SAMPLE_RATE",
    "SUFFIXES",
    "DecodeResult",
    "Encoding",
    "MediaInfo",
    "Peaks",
    "PeaksWriter",
    "Samples",
    "Track",
    "cut",
    "decode",
    "delivered",
    "encode",
    "expand",
    "fingerprint",
    "probe",
    "read_peaks",
    "read_stretch",
    "resampled",
    "timed",
    "wav_duration",
    "wav_peaks",
]
