"""F6: from one part of the window to the next. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


def next_panel(panels: Sequence[QWidget], step: int) -> None:
    """Move the focus to the next (1) or previous (-1) of these that is shown and has something to do in it."""
    shown = [p for p in panels if p.isVisible() and _target(p)]
    focus = QApplication.focusWidget()
    here = next((n for n, p in enumerate(shown) if focus and (p is focus or p.isAncestorOf(focus))), None)
    if shown:
        place = (0 if step > 0 else -1) if here is None else (here + step) % len(shown)
        target = _target(shown[place])
        assert target is not None
        target.setFocus(Qt.FocusReason.TabFocusReason)
        target.window().setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)  # lists show where they are


def _target(panel: QWidget) -> QWidget | None:
    """What takes the focus: where it was last in this part, else the first that the tab key reaches."""
    last = panel.focusWidget()
    among = [*([last] if last else []), panel, *panel.findChildren(QWidget)]
    return next((w for w in among if _takes_focus(w)), None)


def _takes_focus(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
