"""Buttons of dialogs, named for tests and screen readers. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton

from studio.ui.icons import icon


def button(name: str, text: str, do: Callable[[], object], picture: str = "", kind: str = "") -> QPushButton:
    """`kind`: see stylesheet.py. Enter presses it only where the dialog says so."""
    made = QPushButton(text)
    made.setObjectName(name)
    made.setAccessibleName(text.removesuffix(" …"))
    made.setAutoDefault(False)
    if picture:
        made.setIcon(icon(picture, "on_accent" if kind == "primary" else "text2"))
    if kind:
        made.setProperty("kind", kind)
    made.clicked.connect(lambda: do())
    return made
