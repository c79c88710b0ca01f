"""The waveform of the open recording: its sound, its cues and its view commands. Runs on the window's thread."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, QObject, QTimer

from studio.core.jobs import Job
from studio.services.studio import Studio
from studio.services.waveform import make_peaks, stored_peaks, stretch_reader

from ..commands import Commands
from ..window.file_page import FilePage
from ..workers import Steps
from .transcript_desk import TranscriptDesk

_FEW = 10  # rows that are told one by one when they change


class WaveformDesk(QObject):
    """Feeds the view; keeps the switches of how it looks."""

    def __init__(self, studio: Studio, desk: TranscriptDesk, page: FilePage, commands: Commands) -> None:
        super().__init__(page)
        self._studio, self._desk, self._view = studio, desk, page.waveform
        self._commands = commands
        self._making: Steps | None = None
        model = desk.model
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._show_all)
        for changed in (model.modelReset, model.rowsInserted, model.rowsRemoved, model.speakers_changed):
            changed.connect(self._soon.start)
        model.dataChanged.connect(self._show_rows)
        desk.opened.connect(self._load)
        desk.peaks.connect(self._view.set_peaks)
        commands.connect("zoomInAction", self._view.zoom_in)
        commands.connect("zoomOutAction", self._view.zoom_out)
        commands.connect("zoomSelectionAction", self._zoom_to_selection)
        settings = studio.library.settings
        commands.connect_switch("spectrogramAction", self._view.set_spectrogram)
        commands["spectrogramAction"].setChecked(bool(settings.get("spectrogram", False)))
        commands["spectrogramAction"].toggled.connect(lambda on: settings.set("spectrogram", on))
        desk.selection.changed.connect(self._offer)
        self._offer()

    def shut_down(self) -> None:
        """Stop reading a recording; returns when that has ended."""
        if self._making is not None:
            self._making.shut_down()
            self._making = None

    def _load(self, job: Job | None) -> None:
        self.shut_down()
        path = Path(job.path) if job else Path()
        there = job is not None and path.is_file()
        self._view.set_reader(stretch_reader(path, job.options.track) if job and there else None)
        read = job is not None and stored_peaks(self._studio, job.content_id, job.options.track) is not None
        if job and there and job.transcript_id and not read:
            self._make(job)
        self._offer()

    def _make(self, job: Job) -> None:
        """Read the sound of a recording that no job has read, such as one that was opened with its subtitles."""
        studio, track = self._studio, job.options.track
        steps = Steps(lambda stop: make_peaks(studio, Path(job.path), job.content_id, track, stop), self)
        steps.done.connect(lambda _: self._view.set_peaks(stored_peaks(studio, job.content_id, track)))
        for ended in (steps.done, steps.failed, steps.stopped):
            ended.connect(self._forget)
        self._making = steps
        steps.start()

    def _forget(self) -> None:
        self._making = None

    def _show_all(self) -> None:
        self._view.set_segments(self._desk.model.segments(), self._desk.model.speakers)

    def _show_rows(self, first: QModelIndex, last: QModelIndex, roles: list[int]) -> None:
        """Rows are another: a few of them where a key was typed, most of the time; with `roles` times are the same."""
        if self._soon.isActive():
            return
        if last.row() - first.row() <= _FEW:
            for row in range(first.row(), last.row() + 1):
                self._view.update_segment(row, self._desk.model.segment(row))
        elif roles:
            self._view.set_texts(self._desk.model.segments())
        else:
            self._soon.start()

    def _zoom_to_selection(self) -> None:
        chosen = self._desk.selected()
        if chosen:
            start, end = chosen[0].start, max(s.end for s in chosen)
            margin = max((end - start) // 10, 50)
            self._view.zoom_to(max(0, start - margin), end + margin)

    def _offer(self) -> None:
        there = self._desk.job is not None
        for name in ("zoomInAction", "zoomOutAction"):
            self._commands[name].setEnabled(there)
        self._commands["zoomSelectionAction"].setEnabled(there and bool(self._desk.selection.ids))
