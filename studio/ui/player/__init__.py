"""Playback: the player, the bar that drives it, its pictures, foot pedals."""

from studio.ui.player.pedal import DEFAULT_KEYS, Pedal, Pedals, PedalSetup
from studio.ui.player.player import Player, Range
from studio.ui.player.transport import TransportBar
from studio.ui.player.video import VideoPane

__all__ = ["DEFAULT_KEYS", "Pedal", "PedalSetup", "Pedals", "Player", "Range", "TransportBar", "VideoPane"]
