"""Subtitle mode: the transcript as a table of cues with an editor below."""
