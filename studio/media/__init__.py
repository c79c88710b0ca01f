"""Recordings on disk: probing, decoding to 16 kHz mono, peaks. PyAV and numpy; constant memory.

Called from worker threads; nothing here keeps state between calls.
"""

from .decode import DecodeResult, decode
from .peaks import Peaks, PeaksWriter
from .probe import SUFFIXES, MediaInfo, Track, expand, fingerprint, probe
from .wav import SAMPLE_RATE, wav_duration

__all__ = [
    "SAMPLE_RATE",
    "SUFFIXES",
    "DecodeResult",
    "MediaInfo",
    "Peaks",
    "PeaksWriter",
    "Track",
    "decode",
    "expand",
    "fingerprint",
    "probe",
    "wav_duration",
]
