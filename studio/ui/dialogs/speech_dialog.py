"""Exporting speech: what of the voice-over, as which kind of sound, where to. It writes nothing itself.

It stays open until its owner calls `accept()`: after `export_requested` the owner shows how far it is, and the answer
is one of `accept()`, `set_conflicts(names)`, `set_failed(sentence)` or `set_idle()`. Runs on the window's thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from studio.services.export import IfExists
from studio.services.voiceover_export import SpeechOptions, planned
from studio.ui.models.wording import counted

from .buttons import button as made
from .export_notice import ExportNotice
from .export_target import ExportTarget, StemOf
from .speech_form import SpeechForm


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    options: SpeechOptions
    target: Path
    under: bool
    if_exists: IfExists


class SpeechDialog(QDialog):
    export_requested = Signal(object)  # SpeechRequest
    stop_requested = Signal()

    def __init__(
        self,
        count: int,
        selected: Sequence[int],
        recording: bool,
        folder: Path,
        template: str,
        stem_of: StemOf,
        beside: Path | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`count`: cues with speech; `selected`: those of them that may be exported alone."""
        super().__init__(parent)
        self.setObjectName("speechExportDialog")
        self.setWindowTitle("Export speech")
        self.setAccessibleName("Export speech")
        self.form = SpeechForm(count, selected, recording, self)
        self._target = ExportTarget(folder, beside, template, stem_of, self)
        self._notice = ExportNotice(self)
        self._says, self._progress = QLabel(self), QProgressBar(self)
        self._cancel = made("speechCancelButton", "Cancel", self.reject)
        self._stop = made("speechStopExportButton", "Stop", self.stop_requested.emit)
        self._export = made("speechExportButton", "Export", self._ask, kind="primary")
        self._dress()
        self._arrange()
        self.form.changed.connect(self._refresh)
        self._target.changed.connect(self._refresh)
        self._notice.answered.connect(lambda answer: self.export_requested.emit(self.request(answer)))
        self._refresh()
        self.set_idle()
        self.form.whole.setFocus()

    # What the owner says

    def request(self, if_exists: IfExists | None = None) -> SpeechRequest:
        """What is chosen now."""
        target = self._target.folder / self._target.stem()[0]
        return SpeechRequest(
            self.form.options(), target, self.form.with_recording(), if_exists or self._target.if_exists
        )

    @property
    def folder(self) -> Path:
        return self._target.folder

    @property
    def template(self) -> str:
        return self._target.template

    def show_progress(self, says: str, fraction: float | None) -> None:
        self._says.setText(says)
        if fraction is not None:
            self._progress.setValue(round(1000 * fraction))
        self._show(running=True)

    def set_idle(self) -> None:
        """Nothing is written any more."""
        self._show(running=False)

    def set_conflicts(self, names: list[str]) -> None:
        """These are there already: ask what to do."""
        self._show(running=False)
        self._notice.ask(names)

    def set_failed(self, sentence: str) -> None:
        """Nothing was written, and why."""
        self._show(running=False)
        self._notice.fail(sentence)

    # Inside

    def reject(self) -> None:
        self.stop_requested.emit()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.stop_requested.emit()
        super().closeEvent(event)

    def _ask(self) -> None:
        self._notice.hide()
        self.export_requested.emit(self.request())

    def _show(self, running: bool) -> None:
        shown: tuple[QWidget, ...] = (self._says, self._progress, self._stop)
        for part in shown:
            part.setVisible(running)
        usable: tuple[QWidget, ...] = (self.form, self._target, self._export)
        for part in usable:
            part.setEnabled(not running)
        self._cancel.setVisible(not running)
        if not running:
            self._refresh()

    def _refresh(self) -> None:
        """Bring what follows from the choices up to date."""
        self._notice.hide()
        options = self.form.options()
        stem, wrong = self._target.stem()
        names = [path.name for path in planned(Path(stem or "x"), options)]
        suffixes = [name.removeprefix(stem) or "/" for name in names]
        self._target.refresh(suffixes)
        nameless = self.form.many.isChecked() and not options.template
        self._export.setEnabled(not wrong and not nameless)
        words = "Export" if options.template else f"Export {counted(len(names), 'file', 'files')}"
        self._export.setText(words)
        self._export.setAccessibleName(words)
        self._export.setToolTip(
            wrong or ("Give the files of cues a name first" if nameless else "Write the files (Enter)")
        )

    def _dress(self) -> None:
        self._says.setObjectName("speechExportTold")
        self._says.setProperty("role", "note")
        self._progress.setObjectName("speechExportProgress")
        self._progress.setAccessibleName("Writing the speech")
        self._progress.setTextVisible(False)
        self._progress.setRange(0, 1000)
        self._export.setDefault(True)
        self._cancel.setToolTip("Close without writing (Esc)")

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._target.add_below(self._notice)
        for part in (_panel(self.form), _line(self), _panel(self._target), _line(self)):
            column.addWidget(part)
        row = QHBoxLayout()
        row.setContentsMargins(18, 12, 18, 12)
        row.setSpacing(12)
        row.addWidget(self._says)
        row.addWidget(self._progress, 1)
        row.addStretch()
        buttons: list[QWidget] = [self._cancel, self._stop, self._export]
        for button in buttons:
            row.addWidget(button)
        column.addLayout(row)
        notice = self._notice.findChildren(QPushButton)
        for first, second in pairwise([*self.form.fields(), *self._target.fields(), *notice, *buttons]):
            self.setTabOrder(first, second)
        self.resize(640, self.sizeHint().height())


def _panel(widget: QWidget) -> QFrame:
    """The widget on a ground of the bar's colour."""
    panel = QFrame()
    panel.setProperty("role", "bar")
    inner = QVBoxLayout(panel)
    inner.setContentsMargins(0, 0, 0, 0)
    inner.addWidget(widget)
    return panel


def _line(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setProperty("role", "line")
    return line
