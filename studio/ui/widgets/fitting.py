"""Rows that say less where there is less room. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from PySide6.QtWidgets import QWidget

Shape = TypeVar("Shape")


def fit(bar: QWidget, shapes: Iterable[Shape], show: Callable[[Shape], None]) -> None:
    """Give a bar the first of these shapes, from roomy to tight, whose row is not wider than the bar; else the last."""
    row = bar.layout()
    for shape in shapes:
        show(shape)
        if row is None or row.sizeHint().width() <= bar.width():
            return
