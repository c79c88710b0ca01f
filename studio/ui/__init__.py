"""The window. Only this room and app.py import PySide6."""
