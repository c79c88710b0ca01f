"""Text made audible: the loudspeaker's stream, and the parts of the window that choose voices and control it."""

from .bar import SpeechBar
from .clone_dialog import CloneDialog
from .made_voices_dialog import MadeVoicesDialog
from .output import SpeechOutput
from .voice_picker import VoiceOffer
from .voices_panel import VoicesPanel

__all__ = ["CloneDialog", "MadeVoicesDialog", "SpeechBar", "SpeechOutput", "VoiceOffer", "VoicesPanel"]
