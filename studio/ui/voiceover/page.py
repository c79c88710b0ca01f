"""The voice-over as a way to look at the text: what is made, which cues overrun, what is done about it.

Runs on the window's thread. Shows the VoiceOver and the selection that all views share; tells what the user wishes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from studio.ui.commands import Commands
from studio.ui.editor.placeholder import Placeholder
from studio.ui.models.speech_model import SpeechModel
from studio.ui.models.voiceover import State, VoiceOver

from .bars import CuesBar, MakingBar
from .speech_table import SpeechTable

_LOW = 420  # pixels of height, below which rows stand closer
_MENU = ("hearCueAction", "speakAction", "", "hurryAction", "leaveAction", "reflowCueAction", "", "hurryAllAction")


class VoiceoverPage(QWidget):
    def __init__(
        self, voiceover: VoiceOver, voice_name: Callable[[str], str], commands: Commands, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("voiceoverPage")
        self.setAccessibleName("Voice-over")
        self._voiceover, self._commands = voiceover, commands
        self.making, self.cues = MakingBar(commands), CuesBar(commands)
        self.table = SpeechTable(SpeechModel(voiceover, voice_name, self))
        self.table.menu_requested.connect(lambda place: self.menu().popup(place))
        self.nothing = Placeholder(self)
        line = QWidget()
        line.setFixedHeight(1)
        line.setStyleSheet("background: palette(mid);")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.making, line, self.cues, self.table, self.nothing):
            column.addWidget(part, 1 if part in (self.table, self.nothing) else 0)
        self._of_cues = self.making, line, self.cues, self.table
        voiceover.changed.connect(self.refresh)
        self._making = False
        self.refresh()

    def set_making(self, making: bool) -> None:
        self._making = making
        if not making:
            self.refresh()

    def refresh(self) -> None:
        """Show how many cues are in which state."""
        cues = self._voiceover.model.segments()
        for part in self._of_cues:
            part.setVisible(bool(cues))
        self.nothing.setVisible(not cues)
        if self._making or not self.isVisible():
            return
        states = [self._voiceover.state(cue) for cue in cues]
        waiting, outdated, missed = map(states.count, (State.WAITING, State.OUTDATED, State.MISSED))
        over, open = len(self._voiceover.overruns()), len(self._voiceover.undecided())
        self.making.show_made(len(self._voiceover.placed), waiting, outdated, over, open, missed)

    def show_selection(self, ids: Sequence[int], current: int | None) -> None:
        self.table.select_ids(ids, current)

    def set_position(self, ms: int) -> None:
        """Where playback is; marks the cue."""
        model = self._voiceover.model
        row = model.segment_at(ms)
        self.table.set_playing_row(row if row >= 0 else model.last_begun(ms))

    def menu(self) -> QMenu:
        """What can be done with the selected cues."""
        menu = QMenu(self)
        menu.setObjectName("speechMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in _MENU:
            if name:
                menu.addAction(self._commands[name])
            else:
                menu.addSeparator()
        return menu

    def showEvent(self, event: object) -> None:
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = self.height() < _LOW
        self.table.set_lines(2, low)
