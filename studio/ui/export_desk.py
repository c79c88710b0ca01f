"""Exporting the open transcript: between the dialog and the export service. Runs on the window's thread."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.core.cues import CueRules
from studio.core.errors import Problem
from studio.core.jobs import Job
from studio.core.transcript import Transcript
from studio.formats import FORMATS, WriteOptions
from studio.services import export
from studio.services.studio import Studio

from .dialogs.export_dialog import ExportDialog
from .dialogs.export_options import ExportRequest
from .models.wording import counted
from .workers import Task

_PREVIEWED = 40  # segments; the preview is redrawn with every change


class ExportDesk(QObject):
    notice = Signal(str, str)  # kind, sentence

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio

    def open(self, parent: QWidget, job: Job, transcript: Transcript) -> ExportDialog:
        """Show the dialog for a transcript; what it asks for is done from here."""
        settings = self._studio.library.settings
        part = transcript.with_segments(transcript.segments[:_PREVIEWED])
        dialog = ExportDialog(
            [(f.id, f.title, f.suffix) for f in FORMATS.values()],
            Path(settings.get("export_folder", "") or Path(job.path).parent),
            Path(job.name).stem,
            lambda id, options: FORMATS[id].write(part, options),
            CueRules(**settings.get("cue_rules", {})),
            parent,
        )
        dialog.set_chosen(settings.get("export_formats", ["txt", "srt"]))
        dialog.export_requested.connect(lambda request: self._export(dialog, transcript, request))
        dialog.copy_requested.connect(lambda id, options: self._copy(transcript, id, options))
        dialog.open()
        return dialog

    def _copy(self, transcript: Transcript, format: str, options: WriteOptions) -> None:
        QGuiApplication.clipboard().setText(FORMATS[format].write(transcript, options))
        self.notice.emit("info", "The transcript is on the clipboard.")

    def _export(self, dialog: ExportDialog, transcript: Transcript, request: ExportRequest) -> None:
        if request.if_exists is export.IfExists.REFUSE:
            there = export.conflicts(request.folder, request.stem, request.formats)
            if there:
                dialog.set_conflicts([p.name for p in there])
                return
        task = Task(
            lambda: export.export(
                transcript,
                request.folder,
                request.stem,
                request.formats,
                request.options,
                request.if_exists,
            ),
            self,
        )
        task.done.connect(lambda files: self._written(dialog, request, files))
        task.failed.connect(lambda problem: self._failed(dialog, problem))
        task.start()

    def _written(self, dialog: ExportDialog, request: ExportRequest, files: list[Path]) -> None:
        self._studio.library.settings.set("export_formats", list(request.formats))
        self._studio.library.settings.set("export_folder", str(request.folder))
        dialog.accept()
        self.notice.emit("info", f"{counted(len(files), 'file', 'files')} written to “{request.folder}”.")

    @staticmethod
    def _failed(dialog: ExportDialog, problem: Problem) -> None:
        dialog.set_failed(problem.sentence)
