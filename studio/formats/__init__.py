"""Transcripts as text and back: txt, srt, vtt, json. No disk here."""
