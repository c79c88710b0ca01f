"""The voice-over in the window: its page, who makes it, and what is heard of it while the recording plays."""

from .drawn import Drawn
from .maker import Maker
from .page import VoiceoverPage
from .preview import Heard, Preview

__all__ = ["Drawn", "Heard", "Maker", "Preview", "VoiceoverPage"]
