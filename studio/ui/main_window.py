"""The main window: where each part stands, and which signal goes to which desk.

What the parts do is in QueueDesk (jobs), TranscriptDesk (the open transcript) and ExportDesk. Runs on the window's
thread.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QModelIndex, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QInputDialog,
    QLabel,
    QMainWindow,
    QMessageBox,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.core.jobs import UNFINISHED, Job, JobOptions, Progress
from studio.resources import resource
from studio.services.studio import Studio

from . import help_desk, theme
from .commands import Commands
from .dialogs.shortcuts_dialog import ShortcutsDialog
from .edit_desk import EditDesk
from .empty import EmptyPage
from .export_desk import ExportDesk
from .file_page import FilePage
from .find_desk import FindDesk
from .inspector.inspector import Inspector
from .inspector.speakers_panel import SpeakersPanel
from .models.queue_model import QueueModel
from .models.transcript_model import TranscriptModel
from .notices import NoticeBar
from .palette import Palette
from .palette_hits import in_transcript, recordings
from .panels import next_panel
from .playback_desk import PlaybackDesk
from .queue.mime import paths_from_mime
from .queue.queue_page import QueuePage
from .queue.queue_view import QueueView
from .queue_desk import QueueDesk, named
from .toolbar import ToolBar
from .transcript_desk import TranscriptDesk
from .workers import Task

_NARROW, _LOW = 1100, 760  # logical pixels: below, the right panel and the waveform give way


class MainWindow(QMainWindow):
    """Built by app.build, which shows it."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setAccessibleName("Transcription Studio")
        self.setAcceptDrops(True)
        self._studio = studio
        self.commands = Commands(self, studio.library.settings.get("shortcuts"))
        self._progress: Progress | None = None

        self.queue_model, self.transcript_model = QueueModel(self), TranscriptModel(self)
        self.queue = QueueDesk(studio, self.queue_model, self)
        self.desk = TranscriptDesk(studio, self.transcript_model, self)
        self.export = ExportDesk(studio, self)

        self._lay_out()
        self._connect_queue()
        self._connect_transcript()
        self._connect_commands()
        self._restore()
        self._open(self._last_job())
        self.empty.set_model_ready(studio.models.is_ready(self.next_job.options().model))

    # Layout

    def _lay_out(self) -> None:
        settings = self._studio.library.settings
        options = JobOptions.from_dict(settings.get("next_job", {}))
        self.tools = ToolBar(self.commands, self.queue_model, options)
        self.next_job = self.tools.next_job
        self.queue_view, self.queue_page = QueueView(self.queue_model), QueuePage(self.queue_model)
        self.queue_view.add_command(self.commands["queuePageAction"])
        self.empty = EmptyPage()
        self.page = FilePage(self.transcript_model, self.commands)
        self.speakers = SpeakersPanel(self.transcript_model)
        self.inspector = Inspector()
        self.inspector.add("speakers", "Speakers", self.speakers)
        self.notices = NoticeBar()
        self.playback = PlaybackDesk(self._studio, self.desk, self.page, self.commands, self)
        self.finder = self._make_palette()
        self.transport = self.playback.transport
        self.editing = EditDesk(self.desk, self.page, self.playback, self.commands, self)
        self.finding = FindDesk(self._studio, self.desk, self.page, self.commands, self)

        self._centre = QStackedWidget()
        self._centre.addWidget(self.empty)
        self._centre.addWidget(self.page)
        self._centre.addWidget(self.queue_page)
        self._centre.setMinimumWidth(theme.CENTRE_MIN)
        self._columns = QSplitter(Qt.Orientation.Horizontal)
        self._columns.setObjectName("columns")
        for part in (self.queue_view, self._centre, self.inspector):
            self._columns.addWidget(part)
        self._columns.setStretchFactor(1, 1)
        self._columns.setChildrenCollapsible(False)
        self._columns.setSizes([theme.LEFT, 800, theme.RIGHT])

        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(self._columns, 1)
        column.addWidget(self.transport)
        column.addWidget(self.notices)
        self.setCentralWidget(body)

        for title in self.commands.menus:
            menu = self.menuBar().addMenu(f"&{title}")
            menu.setObjectName(f"menu{title}")
            menu.addActions(self.commands.menu(title))
        self._saved = QLabel("Everything is saved")
        self._place = QLabel("Nothing leaves this computer")
        self.statusBar().addWidget(self._saved)
        self.statusBar().addPermanentWidget(self._place)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().setContentsMargins(12, 0, 12, 0)
        self.setMinimumSize(1024, 640)
        self.resize(1440, 900)

    # Wiring

    def _connect_queue(self) -> None:
        desk = self.queue
        for view in (self.queue_view, self.queue_page):
            view.open_requested.connect(self._open_id)
            view.retry_requested.connect(desk.retry)
            view.resume_requested.connect(desk.retry)
            view.pause_requested.connect(desk.pause)
            view.cancel_requested.connect(desk.cancel)
            view.remove_requested.connect(self._remove)
            view.files_dropped.connect(self.add)
        self.queue_page.back_requested.connect(lambda: self.commands["queuePageAction"].setChecked(False))
        self.commands.connect_switch("queuePageAction", self._switch_page)
        self.empty.choose_files.connect(self._choose_files)
        self.empty.try_sample.connect(self._try_sample)
        desk.notice.connect(self.notices.show_notice)
        desk.added.connect(self._on_added)
        desk.done_already.connect(self._offer_again)
        desk.tracks_found.connect(self._offer_tracks)
        desk.job_event.connect(self.desk.on_job_event)
        desk.job_done.connect(self._on_done)
        desk.paused_changed.connect(self._on_paused)
        self.next_job.changed.connect(self._remember_options)

    def _connect_transcript(self) -> None:
        desk, page = self.desk, self.page
        desk.notice.connect(self.notices.show_notice)
        desk.opened.connect(self._on_opened)
        desk.peaks.connect(page.waveform.set_peaks)
        desk.job_changed.connect(lambda _: self._refresh())
        desk.progress.connect(self._on_progress)
        desk.history_changed.connect(self._on_history)
        desk.changed.connect(lambda _: self._saved.setText("Saving …"))
        desk.saved.connect(lambda: self._saved.setText("Everything is saved"))
        for changed in (self.transcript_model.modelReset, self.transcript_model.rowsInserted):
            changed.connect(self._show_segments)
        self.transcript_model.rowsRemoved.connect(self._show_segments)
        self.transcript_model.dataChanged.connect(self._show_rows)
        self.transcript_model.speakers_changed.connect(self._show_segments)
        page.transcript.rename_requested.connect(desk.rename_speaker)
        page.transcript.relabel_requested.connect(lambda id, speaker: desk.relabel([id], speaker))
        page.transcript.retry_requested.connect(self.queue.retry)
        self.speakers.rename_requested.connect(desk.rename_speaker)
        self.finding.notice.connect(self.notices.show_notice)
        self.queue.job_done.connect(self.finding.on_done)
        self.export.notice.connect(self.notices.show_notice)
        self.playback.notice.connect(lambda kind, text: self.notices.show_notice(kind, text, key="player"))

    def _connect_commands(self) -> None:
        do = {
            "addFilesAction": self._choose_files,
            "addFolderAction": self._choose_folder,
            "pasteAction": self._paste,
            "exportAction": self._export,
            "quitAction": self.close,
            "undoAction": self.desk.undo,
            "redoAction": self.desk.redo,
            "findAction": self._find,
            "themeAction": self._switch_theme,
            "zoomInAction": self.page.waveform.zoom_in,
            "zoomOutAction": self.page.waveform.zoom_out,
            "nextPanelAction": lambda: self._next_panel(1),
            "previousPanelAction": lambda: self._next_panel(-1),
            "startQueueAction": lambda: self.queue.set_paused(False),
            "pauseQueueAction": lambda: self.queue.set_paused(True),
            "cancelJobAction": lambda: self._with_job(self.queue.cancel),
            "pauseJobAction": lambda: self._with_job(self.queue.pause),
            "retryJobAction": lambda: self._with_job(self.queue.retry),
            "removeJobAction": lambda: self._remove(self._selected()),
            "speakersAction": self._fit_speakers,
            "paletteAction": self.finder.open,
            "shortcutsAction": self._change_keys,
            "trySampleAction": self._try_sample,
            "doctorAction": lambda: help_desk.examine(self),
            "aboutAction": lambda: help_desk.about(self),
        }
        for name, function in do.items():
            self.commands.connect(name, function)

    def _make_palette(self) -> Palette:
        settings = self._studio.library.settings
        finders = [
            in_transcript(self.transcript_model, lambda segment: self.playback.seek(segment.start)),
            recordings(self._studio.library.jobs.all, self._open_id),
        ]
        palette = Palette(self.commands, finders, self, settings.get("recent_commands"))
        palette.recent_changed.connect(lambda names: settings.set("recent_commands", names))
        return palette

    def _change_keys(self) -> None:
        dialog = ShortcutsDialog(self.commands, self)
        dialog.changed.connect(lambda keys: self._studio.library.settings.set("shortcuts", keys))
        dialog.open()

    # Recordings

    def add(self, paths: list[Path]) -> None:
        """Queue files and folders with the options chosen in the tool bar."""
        self.queue.add(paths, self.next_job.options())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self.empty.set_drop_active(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.empty.set_drop_active(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.empty.set_drop_active(False)
        paths = paths_from_mime(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.add(paths)

    def _choose_files(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self, "Add recordings", self._folder())
        self._take([Path(f) for f in files])

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Add all recordings of a folder", self._folder())
        self._take([Path(folder)] if folder else [])

    def _folder(self) -> str:
        return str(self._studio.library.settings.get("last_folder", str(Path.home())))

    def _take(self, paths: list[Path]) -> None:
        if paths:
            self._studio.library.settings.set("last_folder", str(paths[0].parent))
            self.add(paths)

    def _paste(self) -> None:
        paths = paths_from_mime(QGuiApplication.clipboard().mimeData())
        if paths:
            self.add(paths)
        else:
            self.notices.show_notice("info", "Nothing to paste here: copy recordings in the file manager first.")

    def _try_sample(self) -> None:
        self.add([resource("sample.ogg")])

    def _on_added(self, jobs: list[Job]) -> None:
        if jobs and (self.desk.job is None or self.desk.job.state not in UNFINISHED):
            self._open(jobs[0])

    def _offer_again(self, jobs: list[Job]) -> None:
        again = ("Do it again", lambda: self.queue.redo([j.id for j in jobs]))
        self.notices.show_notice("info", f"{named(jobs)}: done already with these options.", again)

    def _offer_tracks(self, job: Job, tracks: tuple[object, ...]) -> None:
        text = f"“{job.name}” has {len(tracks)} audio tracks; track {job.options.track} is taken."
        self.notices.show_notice("info", text, ("Choose", lambda: self._choose_track(job, tracks)))

    def _choose_track(self, job: Job, tracks: tuple[object, ...]) -> None:
        names = [str(t) for t in tracks]
        name, chosen = QInputDialog.getItem(self, "Audio track", f"Track of “{job.name}”:", names, 0, False)
        if chosen:
            self.queue.use_track(job.id, names.index(name))

    def _on_done(self, job: Job) -> None:
        if job.problem:
            self.notices.show_notice("error", job.problem.sentence, ("Retry", lambda: self.queue.retry(job.id)))
        elif self.desk.job is None or self.desk.job.id != job.id:
            self.notices.show_notice("info", f"“{job.name}” is ready.", ("Open", lambda: self._open_id(job.id)))

    def _on_paused(self, paused: bool) -> None:
        self.tools.show_paused(paused)
        self.commands["startQueueAction"].setEnabled(paused)
        self.commands["pauseQueueAction"].setEnabled(not paused)

    def _remove(self, ids: list[int]) -> None:
        jobs = [j for j in (self._studio.library.jobs.get(id) for id in ids) if j]
        written = [j for j in jobs if j.transcript_id]
        if written:
            names = f"“{written[0].name}”" if len(written) == 1 else f"{len(written)} recordings"
            question = f"Remove the transcript of {names} from the library? The recording itself stays where it is."
            if QMessageBox.question(self, "Remove", question) != QMessageBox.StandardButton.Yes:
                return
        self.queue.remove(ids)
        if self.desk.job and self.desk.job.id in ids:
            self._open(None)

    def _with_job(self, do: Callable[[int], None]) -> None:
        """Act on the job selected in the queue, else on the open one."""
        for id in self._selected():
            do(id)

    def _selected(self) -> list[int]:
        if self.queue_page.isVisible():
            return self.queue_page.selected_ids()
        return self.queue_view.selected_ids() or ([self.desk.job.id] if self.desk.job else [])

    # The open recording

    def _last_job(self) -> Job | None:
        jobs = self._studio.library.jobs.all()
        last = self._studio.library.settings.get("open_job")
        return next((j for j in jobs if j.id == last), jobs[-1] if jobs else None)

    def _open_id(self, id: int) -> None:
        self.commands["queuePageAction"].setChecked(False)
        self._open(self._studio.library.jobs.get(id))

    def _open(self, job: Job | None) -> None:
        self._progress = self.queue_model.progress_of(job.id) if job else None
        self.desk.open(job)

    def _on_opened(self, job: Job | None) -> None:
        self._show_page()
        if job:
            self._studio.library.settings.set("open_job", job.id)
            self.queue_view.select_job(job.id)
        self._refresh()

    def _show_page(self) -> None:
        """The queue page takes the whole width; the editor has the panels beside it and the transport below."""
        queue = self.commands["queuePageAction"].isChecked()
        self._centre.setCurrentWidget(self.queue_page if queue else self.page if self.desk.job else self.empty)
        self.queue_view.setVisible(not queue)
        self.transport.setVisible(not queue)
        self._fit_speakers()

    def _switch_page(self, queue: bool) -> None:
        if queue:
            self.playback.player.stop()
        else:
            self.queue_page.show_only(None)
        self._show_page()
        (self.queue_page.list if queue else self.page.transcript).setFocus()
        self._refresh()

    def _on_progress(self, progress: Progress) -> None:
        self._progress = progress
        self._refresh()

    def _refresh(self) -> None:
        """Bring titles and states of the open recording up to date."""
        job = self.desk.job
        shown = "Queue" if self.queue_page.isVisible() else job.name if job else ""
        self.setWindowTitle(f"{shown}, Transcription Studio" if shown else "Transcription Studio")
        self.commands["exportAction"].setEnabled(bool(self.desk.transcript.segments))
        self.page.transcript.set_job(job, self._progress)
        self.page.transcript.set_editable(job is not None and job.transcript_id is not None)
        if job:
            self.page.show_job(job, self.desk.transcript, self._progress)

    def _show_segments(self, *_: object) -> None:
        model = self.transcript_model
        self.page.waveform.set_segments(model.segments(), model.speakers)
        self._refresh()

    def _show_rows(self, first: QModelIndex, last: QModelIndex) -> None:
        """Few rows are another: a key was typed, most of the time."""
        if last.row() - first.row() > 10:
            self._show_segments()
        else:
            for row in range(first.row(), last.row() + 1):
                self.page.waveform.update_segment(row, self.transcript_model.segment(row))

    def _on_history(self, undo: str | None, redo: str | None) -> None:
        for name, verb, step in (("undoAction", "Undo", undo), ("redoAction", "Redo", redo)):
            self.commands[name].setEnabled(step is not None)
            self.commands[name].setText(f"&{verb} {step}" if step else f"&{verb}")

    def _export(self) -> None:
        if self.desk.job:
            self.export.open(self, self.desk.job, self.desk.transcript)

    def _find(self) -> None:
        """In the list of jobs where that is shown, else in the text."""
        if self.queue_page.isVisible():
            self.queue_page.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.queue_page.search.selectAll()
        elif self.page.isVisible():
            self.finding.open()

    # The window itself

    def _restore(self) -> None:
        settings = self._studio.library.settings
        geometry = settings.get("window")
        if geometry:
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))
        self.commands["themeAction"].setChecked(theme.current().dark)
        theme.current().changed.connect(lambda: self.commands["themeAction"].setChecked(theme.current().dark))
        self._on_paused(self.queue.paused)
        self._on_history(None, None)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self.queue.start)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.tools.fit(self.width())
        self.page.waveform.set_compact(self.height() < _LOW)
        self.notices.set_low(self.height() < _LOW)
        self._fit_speakers()

    def _fit_speakers(self) -> None:
        """The right panel is shown with an open recording, in narrow windows only on demand."""
        wanted = self.width() >= _NARROW or self.commands["speakersAction"].isChecked()
        self.inspector.setVisible(self.desk.job is not None and wanted and not self.queue_page.isVisible())

    def closeEvent(self, event: QCloseEvent) -> None:
        self._studio.library.settings.set("window", bytes(self.saveGeometry().toBase64().data()).decode())
        self.playback.player.stop()
        self.queue.shut_down()
        self.desk.shut_down()
        for task in self.findChildren(Task):
            task.shut_down()
        self._studio.close()
        super().closeEvent(event)

    def _remember_options(self) -> None:
        self._studio.library.settings.set("next_job", self.next_job.options().as_dict())

    def _switch_theme(self) -> None:
        mode: theme.Mode = "light" if theme.current().dark else "dark"
        self._studio.library.settings.set("theme", mode)
        theme.current().set_mode(mode)

    def _next_panel(self, step: int) -> None:
        page = self.page
        left, middle = self.queue_view.list, (self.queue_page, self.empty, page.waveform, page.transcript)
        next_panel([self.tools, left, *middle, self.inspector, self.transport, self.notices], step)
