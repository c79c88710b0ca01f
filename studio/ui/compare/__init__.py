"""Two transcripts side by side: the page, and the part of the right panel that sums them up."""

from .page import ComparePage
from .panel import DifferencesPanel

__all__ = ["ComparePage", "DifferencesPanel"]
