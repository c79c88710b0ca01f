"""Recordings on disk: probing, decoding to 16 kHz mono, peaks. PyAV and numpy; constant memory.

Called from worker threads; nothing here keeps state between calls.
"""

from .decode import DecodeResult, decode, read_peaks
from .encode import ENCODINGS, Encoding, encode
from .peaks import BIN_MS, Peaks, PeaksWriter
from .probe import SUFFIXES, MediaInfo, Track, expand, fingerprint, probe
from .stretch import cut_out, read_stretch
from .wav import SAMPLE_RATE, wav_duration
from .wav_peaks import wav_peaks

__all__ = [
    "BIN_MS",
    "ENCODINGS",
    "SAMPLE_RATE",
    "SUFFIXES",
    "DecodeResult",
    "Encoding",
    "MediaInfo",
    "Peaks",
    "PeaksWriter",
    "Track",
    "cut_out",
    "decode",
    "encode",
    "expand",
    "fingerprint",
    "probe",
    "read_peaks",
    "read_stretch",
    "wav_duration",
    "wav_peaks",
]
