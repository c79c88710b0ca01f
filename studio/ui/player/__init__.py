"""Playback: the player and the bar that drives it."""

from studio.ui.player.player import Player
from studio.ui.player.transport import TransportBar

__all__ = ["Player", "TransportBar"]
