"""What style sheets cannot do for number fields. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

_PAD = 6  # pixels before the number; Qt ignores the padding of a style sheet here


def pad(box: QSpinBox | QDoubleSpinBox) -> None:
    """Give the number the room that text has in other fields."""
    box.lineEdit().setTextMargins(_PAD, 0, 0, 0)
