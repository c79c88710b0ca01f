"""The waveform: overview of the whole recording above, a zoomable stretch of it below."""

from studio.ui.waveform.speech import Speech, speech_of
from studio.ui.waveform.view import WaveformView

__all__ = ["Speech", "WaveformView", "speech_of"]
