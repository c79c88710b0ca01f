"""Recordings on disk: probing, decoding, peaks; and sound made of them or of speech. PyAV and numpy; constant memory.

Called from worker threads; nothing here keeps state between calls.
"""

from .decode import DecodeResult, decode, read_peaks
from .encode import ENCODINGS, Encoding, encode
from .loudness import BROADCAST_LUFS, SPEECH_LUFS, Loudness, Meter, measure, normalised
from .mixing import Clip, Mixed
from .peaks import BIN_MS, Peaks, PeaksWriter, bins, joined
from .probe import SUFFIXES, MediaInfo, Track, expand, fingerprint, probe
from .recorded import FULL_RATE, Recorded, recorded
from .sound import Block, Later, Samples, Sound
from .sound_files import SOUND_FORMATS, SoundFormat, read_sound, sound_format, write_sound
from .stretch import cut_out, read_stretch
from .tone import delivered, resampled, timed
from .wav import SAMPLE_RATE, wav_duration
from .wav_peaks import wav_peaks

__all__ = [
    "BIN_MS",
    "BROADCAST_LUFS",
    "ENCODINGS",
    "FULL_RATE",
    "SAMPLE_RATE",
    "SOUND_FORMATS",
    "SPEECH_LUFS",
    "SUFFIXES",
    "Block",
    "Clip",
    "DecodeResult",
    "Encoding",
    "Later",
    "Loudness",
    "MediaInfo",
    "Meter",
    "Mixed",
    "Peaks",
    "PeaksWriter",
    "Recorded",
    "Samples",
    "Sound",
    "SoundFormat",
    "Track",
    "bins",
    "cut_out",
    "decode",
    "delivered",
    "encode",
    "expand",
    "fingerprint",
    "joined",
    "measure",
    "normalised",
    "probe",
    "read_peaks",
    "read_sound",
    "read_stretch",
    "recorded",
    "resampled",
    "sound_format",
    "timed",
    "wav_duration",
    "wav_peaks",
    "write_sound",
]
