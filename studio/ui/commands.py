"""Every action of the program, once: menus, tool bar, palette, shortcuts and tooltips all take it from here.

An action stays disabled until whoever does the work calls `commands.connect(name, function)`. Keys are written as Qt
writes them ("Ctrl+Shift+Return"); those that the user changed come from the settings. Runs on the window's thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from .icons import icon


@dataclass(frozen=True, slots=True)
class Command:
    name: str  # the action's objectName, kept for good
    text: str
    icon: str = ""
    keys: tuple[str, ...] = ()
    menu: str = ""  # "Cue/Speaker" is a menu in the menu
    tip: str = ""
    checkable: bool = False
    group: str = ""  # of these one is checked
    line: bool = False  # a line above it in the menu
    needs: str = ""  # what to do first where it is disabled; "" takes the menu's sentence


_TRANSCRIPT = "Open a recording that has text first."
_RECORDING, _CUE = "Open a recording first.", "Choose a cue first."
_SPOKEN = "Choose a cue that is spoken first."

# What makes the commands of a menu available, said where they are disabled.
_NEEDS = {
    "Edit": _TRANSCRIPT,
    "View": _RECORDING,
    "Playback": _RECORDING,
    "Voice": _TRANSCRIPT,
    "Cue": _CUE,
    "Cue/Speaker": _CUE,
    "Jobs": "Choose a job first.",
    "Tools": _TRANSCRIPT,
}

# In the order of the menus; "" in `menu` means it is in no menu. No brackets or slashes: German layouts need AltGr.
COMMANDS = (
    Command("addFilesAction", "Add &files …", "add", ("Ctrl+O",), "File", "Add recordings to the queue"),
    Command("addFolderAction", "Add f&older …", "folder", ("Ctrl+Shift+O",), "File", "Add all recordings of a folder"),
    Command("pasteAction", "&Paste files", "", ("Ctrl+V",), "File", "Add the files that were copied"),
    Command("openSubtitlesAction", "Open &subtitles …", "subtitles", (), "File", "Subtitles of a recording", line=True),
    Command(
        "exportAction", "&Export …", "export", ("Ctrl+E",), "File", "Write the transcript to files", needs=_TRANSCRIPT
    ),
    Command(
        "detailsAction", "&Details …", "info", (), "File", "What is known of this file and its orders", needs=_RECORDING
    ),
    Command("quitAction", "&Quit", "", ("Ctrl+Q",), "File", line=True),
    Command("undoAction", "&Undo", "undo", ("Ctrl+Z",), "Edit", needs="Nothing to undo."),
    Command("redoAction", "&Redo", "redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Edit", needs="Nothing to redo."),
    Command("findAction", "&Find", "search", ("Ctrl+F",), "Edit", "Find words in the transcript", line=True),
    Command("replaceAction", "Re&place", "replace", ("Ctrl+H",), "Edit", "Find words and put others in their place"),
    Command("findNextAction", "Find &next", "arrow-down", ("F3",), "Edit"),
    Command("findPreviousAction", "Find pre&vious", "arrow-up", ("Shift+F3",), "Edit"),
    Command("findLibraryAction", "Find in all &transcripts", "library", ("Ctrl+Shift+F",), "Edit"),
    Command("glossaryAction", "&Glossary …", "book", (), "Edit", "Names as they are to be written", line=True),
    Command("fillersAction", "Remove f&iller words …", "", (), "Edit", "Take out “um” and its like, after a look"),
    Command("tidyTextAction", "Repair &case and punctuation …", "", (), "Edit"),
    Command("saveVersionAction", "&Save a version …", "bookmark", (), "Edit", "Give this state a name", line=True),
    Command("versionsAction", "V&ersions …", "clock", (), "Edit", "Go back to an earlier state"),
    Command("transcriptModeAction", "&Transcript", "transcript", ("Ctrl+1",), "View", checkable=True, group="mode"),
    Command("subtitlesModeAction", "&Subtitles", "subtitles", ("Ctrl+2",), "View", checkable=True, group="mode"),
    Command("compareModeAction", "&Compare", "compare", ("Ctrl+3",), "View", checkable=True, group="mode"),
    Command("voiceoverModeAction", "Voic&e-over", "microphone", ("Ctrl+4",), "View", checkable=True, group="mode"),
    Command(
        "paletteAction", "Search, co&mmands", "search", ("Ctrl+K",), "View", "Find any command or words", line=True
    ),
    Command("shortcutsAction", "&Keyboard shortcuts …", "keyboard", (), "View", "See and change the keys"),
    Command("queueAction", "Queue and li&brary", "", ("Ctrl+Shift+I",), "View", "To the list of recordings", line=True),
    Command("queuePageAction", "&Queue page", "queue", ("Ctrl+L",), "View", "All jobs in one table", True),
    Command(
        "speakersAction",
        "S&peakers in narrow windows",
        "speakers",
        ("Ctrl+I",),
        "View",
        "The right panel",
        checkable=True,
    ),
    Command("videoAction", "&Video", "file-video", (), "View", "The pictures of the recording", checkable=True),
    Command("spectrogramAction", "Spectro&gram", "waveform", (), "View", "Pitches below the waveform", checkable=True),
    Command("themeAction", "&Dark colours", "moon", ("Ctrl+Shift+L",), "View", "Light or dark", checkable=True),
    Command("zoomInAction", "Zoom waveform &in", "zoom-in", ("Ctrl++", "Ctrl+="), "View", line=True),
    Command("zoomOutAction", "Zoom waveform &out", "zoom-out", ("Ctrl+-",), "View"),
    Command("zoomSelectionAction", "Zoom to the se&lection", "zoom-selection", ("Ctrl+0",), "View"),
    Command("nextPanelAction", "&Next panel", "", ("F6",), "View", line=True),
    Command("previousPanelAction", "Previous p&anel", "", ("Shift+F6",), "View"),
    Command("playAction", "&Play", "play", ("F4", "Ctrl+Space"), "Playback", "Play or stop"),
    Command("backAction", "&Back 2 s", "back", ("F7",), "Playback", "Rewind by 2 s"),
    Command("forwardAction", "&Forward 2 s", "forward", ("F8",), "Playback", "Skip 2 s"),
    Command("replayCueAction", "Play the &cue again", "retry", ("F9",), "Playback", needs=_CUE),
    Command("slowerAction", "&Slower", "speed", ("Ctrl+Shift+Down",), "Playback", line=True),
    Command("fasterAction", "F&aster", "speed", ("Ctrl+Shift+Up",), "Playback"),
    Command("muteAction", "Sound off", "volume-off", (), "Playback", "Mute: nothing is heard", checkable=True),
    Command(
        "cleanListenAction",
        "&Hear it cleaned",
        "clean",
        ("Shift+F4",),
        "Playback",
        "The recording without its noise; again: as it is",
        checkable=True,
        line=True,
    ),
    Command("loopAction", "&Loop the selection", "loop", (), "Playback", checkable=True),
    Command("loopStartAction", "Loop from here (A)", "", (), "Playback"),
    Command("loopEndAction", "Loop up to here (B)", "", (), "Playback"),
    Command("skipSilenceAction", "Skip s&ilence", "", (), "Playback", "Jump to where speech goes on", True),
    Command("pauseTypingAction", "Pause while &typing", "", (), "Playback", checkable=True),
    Command("followAction", "F&ollow playback", "follow", (), "Playback", "Scroll to what is played", True),
    Command("tabPlaysAction", "Tab pla&ys inside text", "", (), "Playback", "Off: Tab goes on to the next part", True),
    Command("pedalAction", "Foot p&edal …", "pedal", (), "Playback", "Which pedal does what", line=True),
    Command(
        "speakAction",
        "&Speak the selection",
        "speak",
        ("F5",),
        "Voice",
        "Hear the selected text; again: pause",
    ),
    Command("stopSpeakingAction", "S&top speaking", "close", ("Shift+F5",), "Voice", needs="Nothing is being said."),
    Command("speechVoicesAction", "&Voices", "voice", (), "Voice", "Who speaks for whom, how high, how fast"),
    Command(
        "makeVoiceoverAction",
        "Make the voi&ce-over",
        "microphone",
        ("Ctrl+F5",),
        "Voice",
        "Speak every cue at its time",
        line=True,
    ),
    Command("hearCueAction", "&Hear the cue", "play", ("Ctrl+Shift+Space",), "Voice", needs=_CUE),
    Command("hurryAction", "Speed &up to fit", "speed", ("Ctrl+U",), "Voice", needs=_SPOKEN),
    Command("leaveAction", "&Leave as it is", "undo", ("Ctrl+Shift+U",), "Voice", needs=_SPOKEN),
    Command("reflowCueAction", "&Re-flow with its neighbours …", "reflow", (), "Voice", needs=_CUE),
    Command(
        "hurryAllAction",
        "Speed up &all that overrun",
        "speed",
        (),
        "Voice",
        "Those for which nothing is decided",
        needs="No overrunning cue is left to decide on.",
    ),
    Command(
        "exportSpeechAction",
        "&Export speech …",
        "export",
        ("Ctrl+Shift+E",),
        "Voice",
        "Write the voice-over to sound files",
        line=True,
        needs="Make the voice-over first.",
    ),
    Command(
        "makeVoiceAction",
        "Ma&ke a voice from this stretch …",
        "microphone",
        (),
        "Voice",
        "3 to 10 seconds of one person, with their consent",
        line=True,
    ),
    Command("madeVoicesAction", "V&oices made from recordings …", "", (), "Voice", "With their consents"),
    Command("splitAction", "&Split at the caret", "split", ("Ctrl+Return",), "Cue"),
    Command("splitPlayheadAction", "Split at the &playhead", "split", ("Ctrl+Shift+Return",), "Cue"),
    Command("mergeNextAction", "&Merge with the next", "merge", ("Ctrl+M",), "Cue"),
    Command("mergePreviousAction", "Merge with the p&revious", "merge", ("Ctrl+Shift+M",), "Cue"),
    Command("newCueAction", "&New cue at the playhead", "add", ("Ctrl+N",), "Cue", needs=_RECORDING),
    Command("deleteCueAction", "&Delete cue", "trash", ("Ctrl+Shift+Delete",), "Cue"),
    Command("nextCueAction", "Ne&xt cue", "arrow-down", ("Alt+Down",), "Cue", line=True),
    Command("previousCueAction", "Pre&vious cue", "arrow-up", ("Alt+Up",), "Cue"),
    Command("setStartAction", "Set s&tart to the playhead", "to-start", ("F11",), "Cue", line=True),
    Command("setEndAction", "Set &end to the playhead", "to-end", ("F12",), "Cue"),
    Command("nudgeStartBackAction", "Start one frame earlier", "", ("Alt+Shift+Left",), "Cue"),
    Command("nudgeStartForwardAction", "Start one frame later", "", ("Alt+Shift+Right",), "Cue"),
    Command("nudgeEndBackAction", "End one frame earlier", "", ("Alt+Shift+Down",), "Cue"),
    Command("nudgeEndForwardAction", "End one frame later", "", ("Alt+Shift+Up",), "Cue"),
    Command("moveBackAction", "Cue one frame earlier", "", (), "Cue"),
    Command("moveForwardAction", "Cue one frame later", "", (), "Cue"),
    Command("flagAction", "&Flag", "flag", ("Ctrl+D",), "Cue", "Mark the cue for later", line=True),
    Command("commentAction", "&Comment …", "comment", ("Ctrl+Shift+C",), "Cue", "Write a note to the cue"),
    Command("nextNoteAction", "Next fla&g or comment", "", ("Ctrl+G",), "Cue"),
    Command("previousNoteAction", "Previous flag or comment", "", ("Ctrl+Shift+G",), "Cue"),
    Command("nextProblemAction", "Next pr&oblem", "warning", ("Ctrl+J",), "Cue", needs="Nothing to check.", line=True),
    Command("previousProblemAction", "Previous pro&blem", "", ("Ctrl+Shift+J",), "Cue", needs="Nothing to check."),
    Command(
        "repairAction", "Rep&air", "repair", ("Ctrl+Shift+K",), "Cue", "Put the problem right", needs="No problem."
    ),
    Command("repairAllAction", "Repair a&ll …", "repair", (), "Cue", needs="Nothing to repair."),
    *(
        Command(
            f"speaker{n}Action",
            f"Speaker &{n}",
            keys=(f"Alt+{n}",),
            menu="Cue/Speaker",
            tip=f"The cue is of speaker {n}",
            line=n == 1,
        )
        for n in range(1, 9)
    ),
    Command("renameSpeakerAction", "Re&name the speaker", "pencil", ("F2",), "Cue/Speaker", line=True),
    Command("newSpeakerAction", "&Add a speaker", "add", (), "Cue/Speaker"),
    Command("startQueueAction", "&Start queue", "play", ("Ctrl+Shift+P",), "Jobs", needs="The queue is working."),
    Command("pauseQueueAction", "&Pause queue", "pause", ("Ctrl+P",), "Jobs", needs="The queue is paused."),
    Command("cancelJobAction", "&Cancel job", "close", (), "Jobs", "Stop the selected job", line=True),
    Command("pauseJobAction", "Pause &job", "pause", (), "Jobs", "Go on with this job later"),
    Command("retryJobAction", "&Retry job", "retry", ("Ctrl+R",), "Jobs", "Go on from the last stored segment"),
    Command("removeJobAction", "Re&move job", "trash", (), "Jobs", "Forget the job and its transcript"),
    Command("reflowAction", "Re-&flow into subtitles …", "reflow", (), "Tools", "Cut the text into readable cues"),
    Command("rulesAction", "Subtitle r&ules …", "", (), "Tools", "How long, how fast, how wide subtitles may be"),
    Command("timingAction", "&Shift, stretch, frame rate …", "clock", (), "Tools", "Move the times of many cues"),
    Command("alignAction", "Re-&time to the speech …", "align", (), "Tools", "Find each word in the sound"),
    Command("rerunAction", "&Recognise the selection again …", "retry", (), "Tools", needs="Choose cues.", line=True),
    Command("secondOpinionAction", "Second &opinion …", "compare", (), "Tools", "The same recording, another model"),
    Command("keepLeftAction", "Keep &left", "arrow-left", ("Alt+Left",), "Tools", needs="Compare two first."),
    Command("keepRightAction", "Keep r&ight", "arrow-right", ("Alt+Right",), "Tools", needs="Compare two first."),
    Command("mergeSpeakersAction", "&Merge two speakers …", "merge", (), "Tools", line=True),
    Command("findSpeakersAction", "Tell t&he speakers apart again", "retry", (), "Tools"),
    Command("voicesAction", "Known &voices …", "speaker", (), "Tools", "Voices kept on this computer"),
    Command(
        "accountsAction",
        "&Engines and accounts …",
        "cloud",
        ("Ctrl+,",),
        "Tools",
        "Where recordings are done",
        line=True,
    ),
    Command("findMediaAction", "Find the re&cording …", "file-audio", (), "Tools", "Where it was moved to", line=True),
    Command("trySampleAction", "Try the &sample", "", (), "Help", "Transcribe the recording that comes with it"),
    Command("doctorAction", "&What works here", "info", (), "Help", "Examine this computer"),
    Command("aboutAction", "&About", "", (), "Help"),
)


class Commands:
    """The QActions made from COMMANDS, as children of the window; `commands["playAction"]`."""

    def __init__(self, window: QWidget, keys: object = None) -> None:
        """`keys`: what the user changed, from the settings: {name: [key, …]}; anything else in it is passed over."""
        self._window = window
        self._actions: dict[str, QAction] = {}
        self._table = {c.name: c for c in COMMANDS}
        self._connected: set[str] = set()
        self._why: dict[str, str] = {}
        groups: dict[str, QActionGroup] = {}
        for command in COMMANDS:
            action = QAction(command.text, window)
            action.setObjectName(command.name)
            action.setCheckable(command.checkable)
            if command.icon:
                action.setIcon(icon(command.icon))
            if command.group:
                groups.setdefault(command.group, QActionGroup(window)).addAction(action)
            self._actions[command.name] = action
            action.setEnabled(False)
            action.enabledChanged.connect(lambda _, name=command.name: self._explain(name))
            window.addAction(action)
        self.take(keys)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def connect(self, name: str, function: Callable[[], object]) -> None:
        """From now on `function` does the work of this action, which is available."""
        self._actions[name].triggered.connect(lambda: function())
        self._offer(name)

    def connect_switch(self, name: str, function: Callable[[bool], object]) -> None:
        """The same for an action that is on or off: called with its state, whoever changed it."""
        self._actions[name].toggled.connect(function)
        self._offer(name)

    def unconnected(self) -> list[str]:
        """The names of the actions that nobody works for."""
        return [c.name for c in COMMANDS if c.name not in self._connected]

    def command(self, name: str) -> Command:
        return self._table[name]

    def why_not(self, name: str) -> str:
        """What to do first, where the action is disabled; else ""."""
        command = self._table[name]
        if self._actions[name].isEnabled():
            return ""
        return self._why.get(name) or command.needs or _NEEDS.get(command.menu, "Not possible now.")

    def set_why_not(self, name: str, why: str) -> None:
        """A better reason for the case that the action is disabled; "" takes the table's."""
        self._why[name] = why
        self._explain(name)

    # Keys

    def keys(self, name: str) -> tuple[str, ...]:
        return tuple(key.toString() for key in self._actions[name].shortcuts())

    def way_to(self, name: str) -> str:
        """What a sentence tells people to do: its key, or where it has none its place in the menus."""
        command, keys = self._table[name], self.keys(name)
        return keys[0] if keys else ", ".join((*command.menu.split("/"), plain(command.text)))

    def set_keys(self, name: str, keys: Sequence[str]) -> None:
        """These keys and no others start the action; what is no key is passed over. Store `changed_keys` then."""
        made = [QKeySequence(key) for key in dict.fromkeys(keys)]
        self._actions[name].setShortcuts([key for key in made if not key.isEmpty()])
        self._explain(name)

    def reset_keys(self, name: str) -> None:
        self.set_keys(name, self._table[name].keys)

    def take(self, keys: object) -> None:
        """All keys as they were made, but for these: what `changed_keys` gave."""
        for name in self._table:
            self.reset_keys(name)
        for name, own in keys.items() if isinstance(keys, Mapping) else ():
            if name in self._table and isinstance(own, list):
                self.set_keys(name, [key for key in own if isinstance(key, str)])

    def changed_keys(self) -> dict[str, list[str]]:
        """What differs from the keys the program comes with, for the settings."""
        return {c.name: list(self.keys(c.name)) for c in COMMANDS if self.keys(c.name) != standard_keys(c.keys)}

    def using(self, key: str) -> list[str]:
        """The names of the actions that this key starts."""
        wanted = QKeySequence(key).toString()
        return [c.name for c in COMMANDS if wanted in self.keys(c.name)]

    def conflicts(self) -> dict[str, list[str]]:
        """The keys that more than one action wants, so that none gets them, and the names of those actions."""
        used = {key: self.using(key) for c in COMMANDS for key in self.keys(c.name)}
        return {key: names for key, names in used.items() if len(names) > 1}

    # Menus

    def menu(self, title: str) -> list[QAction]:
        """What stands in this menu from top to bottom, with its lines and the menus in it."""
        entries: list[QAction] = []
        inner: dict[str, QMenu] = {}
        for command in COMMANDS:
            outer, _, below = command.menu.partition("/")
            if outer != title:
                continue
            if command.line and entries:
                entries.append(QAction(self._window))
                entries[-1].setSeparator(True)
            if not below:
                entries.append(self._actions[command.name])
                continue
            if below not in inner:
                inner[below] = QMenu(below, self._window)
                inner[below].setObjectName(f"menu{below}")
                entries.append(inner[below].menuAction())
            inner[below].addAction(self._actions[command.name])
        return entries

    @property
    def menus(self) -> list[str]:
        return list(dict.fromkeys(c.menu.partition("/")[0] for c in COMMANDS if c.menu))

    def _offer(self, name: str) -> None:
        self._connected.add(name)
        self._actions[name].setEnabled(True)

    def _explain(self, name: str) -> None:
        """The tooltip: what it does, its first key, and where it is disabled why."""
        command, keys = self._table[name], self.keys(name)
        text = (command.tip or plain(command.text)) + (f" ({key_text(keys[0])})" if keys else "")
        self._actions[name].setToolTip(f"{text}\n{self.why_not(name)}".strip())


def plain(text: str) -> str:
    """A menu's text without the marks of its letters and without the dots."""
    return text.replace("&", "").removesuffix(" …")


def key_text(key: str) -> str:
    """A key as people read it: “Ctrl Shift Enter”."""
    shown = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    return re.sub(r"\+(?=.)", " ", shown).replace("Return", "Enter")


def standard_keys(keys: Sequence[str]) -> tuple[str, ...]:
    """Keys as Qt writes them, so that they can be compared."""
    return tuple(QKeySequence(key).toString() for key in keys)
