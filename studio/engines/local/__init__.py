"""Engines on this computer, in a child process of their own."""
