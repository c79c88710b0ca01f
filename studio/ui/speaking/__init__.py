"""Text made audible: the loudspeaker's stream, and the parts of the window that choose voices and control it."""

from .output import SpeechOutput

__all__ = ["SpeechOutput"]
