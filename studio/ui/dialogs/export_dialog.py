"""The export dialog: which formats, what goes in, where to. It writes nothing itself. Runs on the window's thread.

It stays open until its owner calls `accept()`: after `export_requested` the answer is one of `accept()`,
`set_conflicts(names)` or `set_failed(sentence)`. After `changed` the owner may tell by `set_broken` which rules the
subtitles will break.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QDialog, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.core.profiles import DEFAULT, CueRules
from studio.formats import Format
from studio.services.export import BrokenRules, IfExists, TextStyle
from studio.ui import icons
from studio.ui.models.wording import counted
from studio.ui.widgets.focus_group import stops

from .export_form import ExportForm
from .export_formats import FormatList
from .export_notice import ExportNotice
from .export_options import ExportRequest
from .export_preview import ExportPreview
from .export_target import ExportTarget, StemOf

# (format, request, place): the text to show, best of a part only that begins at this place in the list of segments
Preview = Callable[[str, ExportRequest, int], str]

_SOON = 150  # milliseconds after the last change until previews are made anew


class ExportDialog(QDialog):
    """`beside`: the folder of the recording; `selected`: ids of segments that may be exported alone."""

    changed = Signal()  # a moment after the last change of what goes in
    export_requested = Signal(object)  # ExportRequest
    copy_requested = Signal(str, object)  # format id, ExportRequest: put the whole text on the clipboard

    def __init__(
        self,
        formats: Sequence[Format],
        folder: Path,
        template: str,
        stem_of: StemOf,
        preview: Preview,
        *,
        rules: CueRules = DEFAULT,
        count: int = 0,
        selected: Sequence[int] = (),
        beside: Path | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("exportDialog")
        self.setWindowTitle("Export transcript")
        self.setAccessibleName("Export transcript")
        self._formats = {f.id: f for f in formats}
        self._list = FormatList(formats, self)
        self._form = ExportForm(rules, count, selected, self)
        self._preview = ExportPreview(formats, lambda id, at: preview(id, self.request(), at), self)
        self._target = ExportTarget(folder, beside, template, stem_of, self)
        self._notice = ExportNotice(self)
        self._open = QCheckBox("Open the folder &afterwards", self)
        self._copy = QPushButton(icons.icon("copy"), "Cop&y to clipboard", self)
        self._cancel = QPushButton("Cancel", self)
        self._export = QPushButton(self)
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._dress()
        self._arrange()
        self._connect()
        self._set_tab_order()
        self._refresh()
        self._list.first().setFocus()

    # What the owner says

    def request(self, if_exists: IfExists | None = None) -> ExportRequest:
        """What is chosen now."""
        return ExportRequest(
            formats=tuple(self.chosen()),
            folder=self._target.folder,
            stem=self._target.stem()[0],
            options=self._form.options(),
            if_exists=if_exists or self._target.if_exists,
            style=self._form.style_of_text(),
            segments=self._form.segments(),
            from_zero=self._form.from_zero(),
            open_folder=self._open.isChecked(),
        )

    @property
    def template(self) -> str:
        """The file name as typed, with its placeholders."""
        return self._target.template

    def chosen(self) -> list[str]:
        """Ids of the formats that are ticked."""
        return self._list.chosen()

    def set_chosen(self, formats: Sequence[str]) -> None:
        self._list.set_chosen(formats)

    def set_folder(self, folder: Path) -> None:
        self._target.set_folder(folder)

    def set_style(self, style: TextStyle, open_folder: bool) -> None:
        """How files were stored last time, and whether their folder was opened."""
        self._form.set_style_of_text(style)
        self._open.setChecked(open_folder)

    def set_broken(self, broken: BrokenRules) -> None:
        """Subtitles that will not obey the rules."""
        self._preview.set_broken(broken)

    def set_conflicts(self, names: list[str]) -> None:
        """These files are there already: ask what to do."""
        self._notice.ask(names)
        self._refresh(keep_notice=True)

    def set_failed(self, sentence: str) -> None:
        """Nothing was written, and why."""
        self._notice.fail(sentence)
        self._refresh(keep_notice=True)

    # Building

    def _dress(self) -> None:
        for button, name in (
            (self._copy, "exportCopyButton"),
            (self._cancel, "exportCancelButton"),
            (self._export, "exportRunButton"),
        ):
            button.setObjectName(name)
            button.setAutoDefault(False)
        self._copy.setAccessibleName("Copy to clipboard")
        self._cancel.setAccessibleName("Cancel")
        self._cancel.setToolTip("Close without writing (Esc)")
        self._export.setProperty("kind", "primary")
        self._export.setDefault(True)
        self._open.setObjectName("openFolderBox")
        self._open.setAccessibleName("Open the folder afterwards")

    def _arrange(self) -> None:
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self._list)
        upper.addWidget(_panel(self._form))
        upper.addWidget(self._preview, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(upper, 1)
        column.addWidget(_line(self))
        self._target.add_below(self._notice)
        column.addWidget(_panel(self._target))
        column.addWidget(_line(self))
        column.addLayout(self._buttons())
        room = self.screen().availableGeometry().size()  # the window manager's frame has to fit, too
        self.resize(min(1080, room.width() - 16), min(800, room.height() - 40))

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(18, 12, 18, 12)
        row.setSpacing(12)
        row.addWidget(self._copy)
        row.addWidget(self._open)
        row.addStretch()
        row.addWidget(self._cancel)
        row.addWidget(self._export)
        return row

    def _connect(self) -> None:
        self._list.changed.connect(self._refresh_all)
        self._target.changed.connect(self._refresh)
        self._form.changed.connect(self._soon.start)
        self._soon.timeout.connect(self._preview.refresh)
        self._soon.timeout.connect(self.changed)
        self._notice.answered.connect(lambda answer: self.export_requested.emit(self.request(answer)))
        self._copy.clicked.connect(lambda: self.copy_requested.emit(self._preview.format_id, self.request()))
        self._cancel.clicked.connect(self.reject)
        self._export.clicked.connect(lambda: self.export_requested.emit(self.request()))

    def _set_tab_order(self) -> None:
        """From left to right, then down; one by one, because a panel has no place in the order."""
        buttons: list[QWidget] = [self._copy, self._open, self._cancel, self._export]
        target: list[QWidget] = [*self._target.fields(), *self._notice.findChildren(QPushButton)]
        self._parts = [self._list.fields(), self._form.fields(), self._preview.fields(), target, buttons]
        for first, second in pairwise([field for part in self._parts for field in part]):
            self.setTabOrder(first, second)
        for key, step in ((QKeySequence("F6"), 1), (QKeySequence("Shift+F6"), -1)):
            QShortcut(key, self).activated.connect(partial(self._next_part, step))

    def _next_part(self, step: int) -> None:
        """From one part of the dialog to the next, as in the window."""
        here = next((n for n, part in enumerate(self._parts) if self.focusWidget() in part), 0)
        for n in range(1, len(self._parts)):
            part = self._parts[(here + n * step) % len(self._parts)]
            field = next((f for f in part if f.isVisible() and f.isEnabled() and stops(f)), None)
            if field is not None:
                field.setFocus(Qt.FocusReason.TabFocusReason)
                return

    # Changes

    def _refresh_all(self) -> None:
        self._refresh()
        self._soon.start()

    def _refresh(self, keep_notice: bool = False) -> None:
        """Bring everything that follows from the choices up to date."""
        if not keep_notice:
            self._notice.hide()
        chosen = [self._formats[id] for id in self.chosen()]
        self._target.refresh([f.suffix for f in chosen])
        wrong = self._target.stem()[1]
        self._form.set_kinds(
            subtitles=any(f.group == "Subtitles" for f in chosen),
            texts=any(f.encoding != "none" for f in chosen),
        )
        files = counted(len(chosen), "file", "files")
        self._export.setText(f"E&xport {files}")
        self._export.setAccessibleName(f"Export {files}")
        self._export.setEnabled(bool(chosen) and not wrong)
        self._export.setToolTip(wrong or ("Write the files (Enter)" if chosen else "Tick at least one format first"))
        self._copy.setEnabled(bool(chosen))
        self._copy.setToolTip("Copy the text of the format that is previewed" if chosen else "Tick a format first")
        self._preview.set_formats([f.id for f in chosen])


def _panel(widget: QWidget) -> QFrame:
    """The widget on a ground of the bar's colour."""
    panel = QFrame()
    panel.setProperty("role", "bar")
    inner = QVBoxLayout(panel)
    inner.setContentsMargins(0, 0, 0, 0)
    inner.setSpacing(0)
    inner.addWidget(widget)
    return panel


def _line(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setProperty("role", "line")
    return line
