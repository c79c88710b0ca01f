"""The voice-over in the window: its page, and what is heard of it while the recording plays."""

from .page import VoiceoverPage
from .preview import Heard, Preview

__all__ = ["Heard", "Preview", "VoiceoverPage"]
