"""Exporting the open transcript: between the dialog and the export service. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.core.errors import Problem
from studio.core.jobs import Job
from studio.core.profiles import rules_in_use, rules_to_dict
from studio.core.transcript import Transcript
from studio.formats import FORMATS
from studio.resources import resource
from studio.services import export
from studio.services.export import BrokenRules, TextStyle
from studio.services.file_names import file_stem
from studio.services.studio import Studio

from ..dialogs.export_dialog import ExportDialog
from ..dialogs.export_options import ExportRequest
from ..models.wording import counted
from ..workers import Task

_PREVIEWED = 40  # segments; the preview is redrawn with every change
_TEMPLATE = "{name}"


class ExportDesk(QObject):
    notice = Signal(str, str)  # kind, sentence
    rules_chosen = Signal(object)  # CueRules that files were written by

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._checking = False
        self._to_check: tuple[ExportDialog, Transcript] | None = None  # what changed while another check runs

    def open(self, parent: QWidget, job: Job, transcript: Transcript, selected: Sequence[int] = ()) -> ExportDialog:
        """Show the dialog for a transcript; what it asks for is done from here. `selected`: ids of segments."""
        settings = self._studio.library.settings
        day = _day(Path(job.path))

        def stem_of(template: str, folder: Path) -> str:
            def stem(version: int) -> str:
                name, iso = Path(job.name).stem, day.isoformat()
                return file_stem(template, transcript, name=name, date=iso, version=version)

            return stem(export.free_version(folder, stem))

        def dated(request: ExportRequest) -> ExportRequest:
            shown = f"{day.day} {day:%B} {day.year}"
            return replace(request, options=replace(request.options, date=shown))

        beside = _beside(job)
        dialog = ExportDialog(
            list(FORMATS.values()),
            Path(settings.get("export_folder", "") or beside or Path.home()),
            settings.get("export_template", _TEMPLATE),
            stem_of,
            lambda id, request, place: _preview(transcript, id, dated(request), place),
            rules=rules_in_use(settings.get("cue_rules")),
            count=len(transcript.segments),
            selected=selected,
            beside=beside,
            parent=parent,
        )
        style = settings.get("export_style", {})
        dialog.set_style(TextStyle(**style), settings.get("export_open_folder", False))
        dialog.set_chosen(settings.get("export_formats", ["srt", "txt"]))
        dialog.export_requested.connect(lambda request: self._export(dialog, job, transcript, dated(request)))
        dialog.copy_requested.connect(lambda id, request: self._copy(transcript, id, dated(request)))
        dialog.changed.connect(lambda: self._check(dialog, transcript))
        self._check(dialog, transcript)
        dialog.open()
        return dialog

    def _check(self, dialog: ExportDialog, transcript: Transcript) -> None:
        """Tell the dialog which rules the subtitles will break, if some are chosen. One check at a time."""
        if self._checking:
            self._to_check = dialog, transcript
            return
        request = dialog.request()
        if not any(FORMATS[id].group == "Subtitles" for id in request.formats):
            dialog.set_broken(BrokenRules())
            return
        part = export.part_of(transcript, request.segments)
        self._checking = True
        task = Task(lambda: export.broken_rules(part, request.options), self)
        task.done.connect(lambda broken: self._checked(dialog, broken))
        # A transcript without times: the preview says so.
        task.failed.connect(lambda _: self._checked(dialog, BrokenRules()))
        task.start()

    def _checked(self, dialog: ExportDialog, broken: BrokenRules) -> None:
        self._checking = False
        again, self._to_check = self._to_check, None
        if again:
            self._check(*again)
        elif dialog.isVisible():
            dialog.set_broken(broken)

    def _copy(self, transcript: Transcript, format: str, request: ExportRequest) -> None:
        part = export.part_of(transcript, request.segments, request.from_zero)
        QGuiApplication.clipboard().setText(export.preview(part, format, request.options))
        self.notice.emit("info", "The transcript is on the clipboard.")

    def _export(self, dialog: ExportDialog, job: Job, transcript: Transcript, request: ExportRequest) -> None:
        if request.if_exists is export.IfExists.REFUSE:
            there = export.conflicts(request.folder, request.stem, request.formats)
            if there:
                dialog.set_conflicts([p.name for p in there])
                return
        part = export.part_of(transcript, request.segments, request.from_zero)
        task = Task(
            lambda: export.export(
                part,
                request.folder,
                request.stem,
                request.formats,
                request.options,
                request.if_exists,
                request.style,
            ),
            self,
        )
        task.done.connect(lambda files: self._written(dialog, job, request, files))
        task.failed.connect(lambda problem: self._failed(dialog, problem))
        task.start()

    def _written(self, dialog: ExportDialog, job: Job, request: ExportRequest, files: list[Path]) -> None:
        settings = self._studio.library.settings
        settings.set("export_formats", list(request.formats))
        settings.set("export_folder", "" if request.folder == (_beside(job) or Path.home()) else str(request.folder))
        settings.set("export_template", dialog.template)
        settings.set("export_style", {"encoding": request.style.encoding, "line_end": request.style.line_end})
        settings.set("export_open_folder", request.open_folder)
        settings.set("cue_rules", rules_to_dict(request.options.rules))
        self.rules_chosen.emit(request.options.rules)
        dialog.accept()
        self.notice.emit("info", f"{counted(len(files), 'file', 'files')} written to “{request.folder}”.")
        if request.open_folder:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(request.folder)))

    @staticmethod
    def _failed(dialog: ExportDialog, problem: Problem) -> None:
        dialog.set_failed(problem.sentence)


def _preview(transcript: Transcript, format: str, request: ExportRequest, place: int) -> str:
    """The text from this place on, of as many segments as anybody reads there."""
    part = export.part_of(transcript, request.segments, request.from_zero)
    place = min(place, max(0, len(part.segments) - 1))
    return export.preview(part.with_segments(part.segments[place : place + _PREVIEWED]), format, request.options)


def _beside(job: Job) -> Path | None:
    """The folder of the recording; None for the sample: the program's own folder is no place for texts."""
    path = Path(job.path)
    return None if path == resource("sample.ogg") else path.parent


def _day(recording: Path) -> date:
    """The day the recording was made, as far as its file knows; today if it is gone."""
    try:
        return date.fromtimestamp(recording.stat().st_mtime)
    except (OSError, ValueError, OverflowError):
        return date.today()
