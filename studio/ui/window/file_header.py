"""Above the waveform: what is open, how to look at its text, and export. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from studio.core.transcript import EngineInfo

from .. import measured, theme
from ..commands import Commands
from ..widgets.fitting import fit
from ..widgets.tag import Tag

_MODES = {"transcript": "Transcript", "subtitles": "Subtitles", "compare": "Compare", "voiceover": "Voice-over"}
_NAMES = 120  # pixels that name and facts have at least, before the modes lose their words


class FileHeader(QFrame):
    def __init__(self, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fileHeader")
        self.setProperty("role", "bar")
        self.setFixedHeight(theme.FILE_HEADER)
        middle, right = Qt.TextElideMode.ElideMiddle, Qt.TextElideMode.ElideRight
        self._name, self._about = _Elided("fileName", "heading", middle), _Elided("fileAbout", "note", right)
        self._modes = [_button(commands, f"{name}ModeAction", f"{name}ModeButton", name) for name in _MODES]
        self._export = _button(commands, "exportAction", "exportButton", "Export the transcript")
        self._export.setText("Export")
        self._measured = Tag("", "warn", "info")
        self._measured.setObjectName("notMeasured")
        self._measured.hide()
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addStretch()
        names.addWidget(self._name)
        names.addWidget(self._about)
        names.addStretch()
        row = QHBoxLayout(self)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.setContentsMargins(16, 4, 12, 4)
        row.addLayout(names, 1)
        row.addSpacing(8)
        row.addWidget(self._measured)
        row.addSpacing(8)
        row.addWidget(self._switch())
        row.addSpacing(8)
        row.addWidget(self._export)

    def show_facts(self, name: str, path: str, facts: Sequence[str]) -> None:
        self._name.show_text(name, path)
        self._about.show_text(" · ".join(facts), "")

    def show_measured(self, engine: EngineInfo) -> None:
        """A quiet word where the times or the certainty of words are not what they seem."""
        short, full = measured.in_short(engine), measured.in_full(engine)
        self._measured.setVisible(bool(short))
        self._measured.set_tag(short, "warn", "info")
        self._measured.setAccessibleDescription(full)
        self._measured.setToolTip(full)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fit(self, (True, False), self._show)

    def _show(self, words: bool) -> None:
        style = Qt.ToolButtonStyle
        for button in self._modes:
            button.setToolButtonStyle(style.ToolButtonTextBesideIcon if words else style.ToolButtonIconOnly)
        switch = self._modes[0].parentWidget()
        layout = switch.layout() if switch else None
        if switch is not None and layout is not None:
            layout.invalidate()
            switch.updateGeometry()

    def _switch(self) -> QFrame:
        """How to look at the text: buttons of which one is on."""
        switch = QFrame()
        switch.setObjectName("modeSwitch")
        switch.setProperty("role", "segments")
        switch.setFixedHeight(theme.CONTROL + 4)
        row = QHBoxLayout(switch)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        for button in self._modes:
            button.setProperty("kind", "segment")
            row.addWidget(button)
        return switch


class _Elided(QLabel):
    """Ends with dots where there is no room for all of it; the tooltip has the rest."""

    def __init__(self, name: str, role: str, dots: Qt.TextElideMode) -> None:
        super().__init__()
        self._dots = dots
        self.setObjectName(name)
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._text = self._tip = ""

    def show_text(self, text: str, tip: str) -> None:
        self._text, self._tip = text, tip
        self.setAccessibleName(text)
        self._elide()

    def sizeHint(self) -> QSize:
        return QSize(_NAMES, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(self._text, self._dots, self.width())
        self.setText(shown)
        self.setToolTip(self._tip or (self._text if shown != self._text else ""))


def _button(commands: Commands, action: str, name: str, words: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setDefaultAction(commands[action])
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setAccessibleName(_MODES.get(words, words))
    return button
