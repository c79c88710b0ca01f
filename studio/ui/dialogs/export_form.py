"""The middle of the export dialog: what goes into the files, and how they are stored. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QScrollArea, QVBoxLayout, QWidget

from studio.core.cues import SpeakerNames
from studio.core.profiles import CueRules
from studio.formats import WriteOptions
from studio.services.export import TextStyle
from studio.ui.models.wording import counted
from studio.ui.widgets.focus_group import FocusGroup

from .export_rules import RulesForm, grid, scroll_plainly, section

_NAMES: dict[str, SpeakerNames] = {
    "When the speaker changes": "change",
    "Always": "always",
    "Never": "never",
}
_ENCODINGS = {"UTF-8": "utf-8", "UTF-8 with BOM": "utf-8-sig", "Windows-1252": "cp1252"}
_LINE_ENDS = {"Unix": "\n", "Windows": "\r\n"}
_WIDTH = 388


class ExportForm(QScrollArea):
    """`count` segments can be exported, or those of `selected` alone; without any the whole file is."""

    changed = Signal()

    def __init__(self, rules: CueRules, count: int, selected: Sequence[int], parent: QWidget) -> None:
        super().__init__(parent)
        self._selected = tuple(selected)
        self._range = self._choice("rangeBox", {f"Whole file, {counted(count, 'segment', 'segments')}": False})
        if selected:
            self._range.addItem(f"Selection, {counted(len(selected), 'segment', 'segments')}", True)
        self._names = self._choice("speakerNamesBox", _NAMES)
        self._rules = RulesForm(rules, self)
        self._recut = self._check("recutBox", "&Break lines again to fit the rules, in the copy only", True)
        self._recut.setToolTip("Where subtitles do not fit the rules; all others stay as they are")
        self._plain = self._check("withoutNotesBox", "Leave out &comments and flags", True)
        self._plain.setToolTip("JSON keeps them always; documents and tables only if this is off")
        self._zero = self._check("fromZeroBox", "Start times at &zero for the chosen range", False)
        self._encoding = self._choice("encodingBox", _ENCODINGS)
        self._encoding.setToolTip("With BOM for tables that Excel opens; JSON, WebVTT and web pages stay UTF-8")
        self._line_end = self._choice("lineEndBox", _LINE_ENDS)
        FocusGroup([self._recut, self._plain, self._zero], self)
        self._arrange()
        self._range.currentIndexChanged.connect(self._allow)
        self._rules.changed.connect(self.changed)
        self._allow()

    def options(self) -> WriteOptions:
        return WriteOptions(
            rules=self._rules.rules(),
            speaker_names=self._names.currentData(),
            recut=None if self._recut.isChecked() else False,
            notes=not self._plain.isChecked(),
        )

    def style_of_text(self) -> TextStyle:
        return TextStyle(self._encoding.currentData(), self._line_end.currentData())

    def set_style_of_text(self, style: TextStyle) -> None:
        self._encoding.setCurrentIndex(self._encoding.findData(style.encoding))
        self._line_end.setCurrentIndex(self._line_end.findData(style.line_end))

    def segments(self) -> tuple[int, ...] | None:
        return self._selected if self._range.currentData() else None

    def from_zero(self) -> bool:
        return self._zero.isEnabled() and self._zero.isChecked()

    def set_kinds(self, subtitles: bool, texts: bool) -> None:
        """Whether subtitles are among what is chosen, and files with an encoding."""
        self._rules.setEnabled(subtitles)
        self._recut.setEnabled(subtitles)
        self._encoding.setEnabled(texts)
        self._line_end.setEnabled(texts)

    def fields(self) -> list[QWidget]:
        """In the order of the tab key."""
        checks = [self._recut, self._plain, self._zero]
        return [self._range, self._names, *self._rules.fields(), *checks, self._encoding, self._line_end]

    def _allow(self) -> None:
        self._zero.setEnabled(self.segments() is not None)

    def _arrange(self) -> None:
        inner = QWidget(self)
        column = QVBoxLayout(inner)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(10)
        column.addWidget(section("What goes in", inner))
        column.addLayout(grid([("&Range", [self._range], ""), ("&Speaker names", [self._names], "")], inner))
        column.addSpacing(6)
        column.addWidget(self._rules)
        column.addSpacing(2)
        for box in (self._recut, self._plain, self._zero):
            column.addWidget(box)
        column.addSpacing(6)
        column.addWidget(section("Text files", inner))
        column.addLayout(
            grid([("Text &encoding", [self._encoding], ""), ("Line end&ings", [self._line_end], "")], inner)
        )
        column.addStretch()
        self.setObjectName("exportForm")
        scroll_plainly(self, inner, _WIDTH)

    def _choice(self, name: str, entries: Mapping[str, object]) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName(name)
        for words, value in entries.items():
            box.addItem(words, value)
        box.currentIndexChanged.connect(self.changed)
        return box

    def _check(self, name: str, words: str, on: bool) -> QCheckBox:
        box = QCheckBox(words, self)
        box.setObjectName(name)
        box.setAccessibleName(words.replace("&", ""))
        box.setChecked(on)
        box.toggled.connect(self.changed)
        return box
