"""Exporting speech: between the dialog and the service that writes it, in a worker thread. Window's thread."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio.core.errors import Problem
from studio.core.jobs import StopToken
from studio.core.transcript import Transcript
from studio.resources import resource
from studio.services import export, voiceover_export
from studio.services.export import IfExists
from studio.services.file_names import file_stem
from studio.services.speaking import Told
from studio.services.studio import Studio
from studio.services.voiceover import Parts, Spoke
from studio.services.voiceover_export import Original, SpeechOptions, planned

from ..dialogs.speech_dialog import SpeechDialog, SpeechRequest
from ..models.voiceover import VoiceOver
from ..models.wording import counted
from ..workers import Steps
from .transcript_desk import TranscriptDesk

_TEMPLATE = "{name}"
_SETTING = "speech_export"


class SpeechExportDesk(QObject):
    notice = Signal(str, str)  # kind, sentence

    def __init__(self, studio: Studio, desk: TranscriptDesk, voiceover: VoiceOver, window: QWidget) -> None:
        super().__init__(window)
        self._studio, self._desk, self._voiceover, self._window = studio, desk, voiceover, window
        self._steps: Steps | None = None

    def open(self) -> SpeechDialog | None:
        """Show the dialog; None where nothing is spoken, or something else by now."""
        job, made = self._desk.job, self._voiceover
        made.settle()
        if job is None or not made.placed:
            return None
        outdated = sum(made.is_outdated(cue) for cue in self._desk.model.segments())
        if outdated:
            what = f"{counted(outdated, 'cue was', 'cues were')} changed since the voice-over was made"
            self.notice.emit("warn", f"{what}: make it again, then export.")
            return None
        settings = self._studio.library.settings
        transcript, recording = self._desk.transcript, Path(job.path)
        beside = None if recording == resource("sample.ogg") else recording.parent
        stored = settings.get(_SETTING, {})

        def stem_of(template: str, folder: Path) -> str:
            def stem(version: int) -> str:
                today = date.today().isoformat()
                return file_stem(template, transcript, name=Path(job.name).stem, date=today, version=version)

            return stem(export.free_version(folder, stem))

        dialog = SpeechDialog(
            len(made.placed),
            [id for id in self._desk.selection.ids if id in made.placed],
            recording.is_file(),
            Path(stored.get("folder") or beside or Path.home()),
            stored.get("name", _TEMPLATE),
            stem_of,
            beside,
            self._window,
        )
        dialog.form.set_options(_options(stored.get("options", {})), bool(stored.get("under")))
        spoke, parts, original = dict(made.spoke), made.parts, Original(recording, job.options.track)
        dialog.export_requested.connect(lambda asked: self._export(dialog, asked, transcript, spoke, parts, original))
        dialog.stop_requested.connect(lambda: self._stop(dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _export(
        self,
        dialog: SpeechDialog,
        request: SpeechRequest,
        transcript: Transcript,
        spoke: Mapping[int, Spoke],
        parts: Parts,
        original: Original,
    ) -> None:
        if request.if_exists is IfExists.REFUSE:
            there = [path.name for path in planned(request.target, request.options) if path.exists()]
            if there:
                dialog.set_conflicts(there)
                return
        files: list[Path] = []

        def work(stop: StopToken) -> Generator[Told, None, None]:
            files.extend(
                (
                    yield from voiceover_export.export(
                        self._studio,
                        transcript,
                        spoke,
                        parts,
                        request.target,
                        request.options,
                        stop,
                        under=original if request.under else None,
                        if_exists=request.if_exists,
                    )
                )
            )

        steps = Steps(work, self)
        steps.told.connect(lambda told: dialog.show_progress(told.says, told.fraction))
        steps.done.connect(lambda _: self._written(dialog, request, files))
        steps.failed.connect(lambda problem: self._failed(dialog, problem))
        steps.stopped.connect(lambda: self._stopped(dialog))
        self._steps = steps
        dialog.show_progress("Getting ready …", 0.0)
        steps.start()

    def _stop(self, dialog: SpeechDialog) -> None:
        if self._steps is not None:
            self._steps.cancel()

    def _stopped(self, dialog: SpeechDialog) -> None:
        self._steps = None
        if dialog.isVisible():
            dialog.set_idle()
        self.notice.emit("info", "The export was stopped; no file was written.")

    def _written(self, dialog: SpeechDialog, request: SpeechRequest, files: list[Path]) -> None:
        self._steps = None
        options = {key: value for key, value in asdict(request.options).items() if key != "chosen"}
        beside = self._desk.job is not None and request.target.parent == Path(self._desk.job.path).parent
        stored = {
            "options": options,
            "under": request.under,
            "folder": "" if beside else str(request.target.parent),
            "name": dialog.template,
        }
        self._studio.library.settings.set(_SETTING, stored)
        dialog.accept()
        where = files[0].parent
        what = f"Speech written to “{files[0].name}”"
        more = f", with {counted(len(files) - 1, 'file', 'files')} of subtitles" if len(files) > 1 else ""
        self.notice.emit("info", f"{what} in “{where}”{more}.")

    def _failed(self, dialog: SpeechDialog, problem: Problem) -> None:
        self._steps = None
        dialog.set_failed(problem.sentence)

    def shut_down(self) -> None:
        """Stop writing; returns when nothing runs any more."""
        for steps in self.findChildren(Steps):
            steps.shut_down()


def _options(stored: Mapping[str, object]) -> SpeechOptions:
    """Those of the last export; of another version's as many as are known."""
    known = SpeechOptions.__dataclass_fields__
    return SpeechOptions(**{name: value for name, value in stored.items() if name in known})  # type: ignore[arg-type]
