"""Every action of the program, once: menus, tool bar, shortcuts and tooltips all take it from here."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from .icons import icon


@dataclass(frozen=True, slots=True)
class Command:
    name: str  # the action's objectName, kept for good
    text: str
    icon: str = ""
    keys: tuple[str, ...] = ()
    menu: str = ""
    tip: str = ""
    checkable: bool = False


# In the order of the menus; "" in `menu` means it is in no menu.
COMMANDS = (
    Command("addFilesAction", "Add &files …", "add", ("Ctrl+O",), "File", "Add recordings to the queue"),
    Command("addFolderAction", "Add f&older …", "folder", ("Ctrl+Shift+O",), "File", "Add all recordings of a folder"),
    Command("pasteAction", "&Paste files", "", ("Ctrl+V",), "File", "Add the files that were copied"),
    Command("exportAction", "&Export …", "export", ("Ctrl+E",), "File", "Write the transcript to files"),
    Command("quitAction", "&Quit", "", ("Ctrl+Q",), "File"),
    Command("undoAction", "&Undo", "undo", ("Ctrl+Z",), "Edit"),
    Command("redoAction", "&Redo", "redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Edit"),
    Command("findAction", "&Find", "search", ("Ctrl+F",), "Edit", "Find words in the transcript"),
    Command("findNextAction", "Find &next", "", ("F3",), "Edit"),
    Command("findPreviousAction", "Find &previous", "", ("Shift+F3",), "Edit"),
    Command("themeAction", "&Dark colours", "moon", ("Ctrl+Shift+L",), "View", "Light or dark", checkable=True),
    Command("queuePageAction", "&Queue page", "queue", ("Ctrl+L",), "View", "All jobs in one table", checkable=True),
    Command("speakersAction", "&Speakers in narrow windows", "speakers", ("Ctrl+I",), "View", "", checkable=True),
    Command("zoomInAction", "Zoom waveform &in", "", ("Ctrl++", "Ctrl+="), "View"),
    Command("zoomOutAction", "Zoom waveform &out", "", ("Ctrl+-",), "View"),
    Command("nextPanelAction", "&Next panel", "", ("F6",), "View"),
    Command("previousPanelAction", "&Previous panel", "", ("Shift+F6",), "View"),
    Command("playAction", "&Play", "play", ("F4", "Ctrl+Space"), "Playback", "Play or stop"),
    Command("backAction", "&Back 2 s", "back", ("F7",), "Playback"),
    Command("forwardAction", "&Forward 2 s", "forward", ("F8",), "Playback"),
    Command(
        "followAction",
        "Follow &playback",
        "follow",
        (),
        "Playback",
        "Scroll to what is played, and keep with it",
        checkable=True,
    ),
    Command("startQueueAction", "&Start queue", "play", ("Ctrl+Return",), "Jobs", "Work through the queue"),
    Command("pauseQueueAction", "&Pause queue", "pause", ("Ctrl+P",), "Jobs", "Stop after what is written so far"),
    Command("cancelJobAction", "&Cancel job", "close", ("Ctrl+Backspace",), "Jobs", "Stop the selected job"),
    Command("pauseJobAction", "Pause &job", "pause", (), "Jobs", "Go on with this job later"),
    Command("retryJobAction", "&Retry job", "retry", ("Ctrl+R",), "Jobs", "Go on from the last stored segment"),
    Command("removeJobAction", "Re&move job", "trash", (), "Jobs", "Forget the job and its transcript"),
    Command("trySampleAction", "Try the &sample", "", (), "Help", "Transcribe the recording that comes with it"),
    Command("doctorAction", "&What works here", "info", (), "Help", "Examine this computer"),
    Command("aboutAction", "&About", "", (), "Help"),
)


class Commands:
    """The QActions made from COMMANDS, as children of the window; `commands["playAction"]`."""

    def __init__(self, window: QWidget) -> None:
        self._actions: dict[str, QAction] = {}
        for command in COMMANDS:
            action = QAction(command.text, window)
            action.setObjectName(command.name)
            action.setShortcuts([QKeySequence(k) for k in command.keys])
            action.setCheckable(command.checkable)
            keys = f" ({command.keys[0]})" if command.keys else ""
            action.setToolTip((command.tip or command.text.replace("&", "")) + keys)
            window.addAction(action)
            if command.icon:
                action.setIcon(icon(command.icon))
            self._actions[command.name] = action

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def menu(self, title: str) -> list[QAction]:
        return [self._actions[c.name] for c in COMMANDS if c.menu == title]

    @property
    def menus(self) -> list[str]:
        return list(dict.fromkeys(c.menu for c in COMMANDS if c.menu))
