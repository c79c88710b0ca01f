"""Transcription Studio: recordings into text, subtitles and voice-overs, on this computer."""

__version__ = "0.1.0"
