"""Ctrl+K: one field that finds commands, words and recordings."""
