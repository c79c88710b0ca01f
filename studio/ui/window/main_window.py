"""The main window: where each part stands, and which signal goes to which desk.

What the parts do is in QueueDesk (jobs), TranscriptDesk (the open transcript) and ExportDesk. Runs on the window's
thread.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from studio.core.jobs import Job, JobOptions, Progress
from studio.services.studio import Studio

from .. import theme
from ..commands import Commands
from ..desks import help_desk
from ..desks.accounts_desk import AccountsDesk
from ..desks.desks import Desks
from ..desks.export_desk import ExportDesk
from ..desks.intake_desk import IntakeDesk
from ..desks.playback_desk import PlaybackDesk
from ..desks.queue_desk import QueueDesk
from ..desks.sending_desk import SendingDesk
from ..desks.transcript_desk import TranscriptDesk
from ..dialogs.details_dialog import show_details
from ..dialogs.problem_dialog import closes_unsaved
from ..dialogs.shortcuts_dialog import ShortcutsDialog
from ..inspector.inspector import Inspector
from ..models.queue_model import QueueModel
from ..models.transcript_model import TranscriptModel
from ..notices import NoticeBar
from ..palette.hits import in_library, in_transcript, recordings
from ..palette.palette import Palette
from ..queue.mime import paths_from_mime
from ..queue.queue_page import QueuePage
from ..queue.queue_view import QueueView
from ..queue.rail import Rail
from ..workers import Task
from .columns import Columns
from .empty import EmptyPage
from .file_page import FilePage
from .panels import Panels
from .toolbar import ToolBar

_LETTERED = {"Voice": "V&oice"}  # Alt+V is that of View, Alt+S that of the search
_LOW = 760  # logical pixels: in lower windows the waveform gives way
_AFTER = 50  # milliseconds from a change until it is said to be stored: a key does not wait for that


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

        with theme.current().undressed():
            self._make_parts()
            self._lay_out()
        self._make_bars()
        self._connect_queue()
        self._connect_transcript()
        self._connect_commands()
        self._restore()
        self._offer_accounts()
        self._show_place(self.next_job.options())
        self._open(self._last_job())
        if self.desk.job:
            self.desks.modes.focus()

    # Layout

    def _make_parts(self) -> None:
        settings = self._studio.library.settings
        options = JobOptions.from_dict(settings.get("next_job", {}))
        self.tools = ToolBar(self.commands, self.queue_model, options)
        self.next_job = self.tools.next_job
        self.queue_view, self.queue_page = QueueView(self.queue_model), QueuePage(self.queue_model)
        self.queue_view.add_command(self.commands["queuePageAction"])
        self.rail = Rail(self.queue_model, self.commands)
        self.empty = EmptyPage()
        self.page = FilePage(self.transcript_model, self.commands)
        self.inspector = Inspector()
        self.notices = NoticeBar()
        self.playback = PlaybackDesk(self._studio, self.desk, self.page, self.commands, self)
        self.finder = self._make_palette()
        self.transport = self.playback.transport
        self.sending = SendingDesk(self._studio, self.queue, self)
        self.desks = Desks(
            self._studio,
            self.desk,
            self.playback,
            self.page,
            self.inspector,
            self.notices,
            self.commands,
            self.queue,
            self.sending,
            self.next_job.options,
            self._open_id,
            self,
        )
        self.accounts = AccountsDesk(
            self._studio, self.queue, lambda: self.next_job.options().account, self.notices, self.commands, self
        )
        self.intake = IntakeDesk(
            self._studio,
            self.queue,
            self.sending,
            self.desk,
            self.notices,
            self.next_job.options,
            self._selected,
            self.commands,
            self,
        )

    def _lay_out(self) -> None:
        """From the outside in: what gets a parent is styled anew with all that is in it. Tab goes in this order."""
        self.setMinimumSize(1024, 640)
        self.resize(1440, 900)
        self._centre = QStackedWidget()
        for page in (self.empty, self.page, self.queue_page):
            self._centre.addWidget(page)
        self._centre.setMinimumWidth(theme.CENTRE_MIN)

        body = QWidget()
        self.setCentralWidget(body)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        self._columns = Columns(self.rail, self.queue_view, self._centre, self.inspector, body)
        column.addWidget(self._columns, 1)
        column.addWidget(self.desks.speaking.bar)
        column.addWidget(self.transport)
        self.panels = Panels(self._columns, self, self.commands)
        self.notices.setParent(body)
        modes, comparing, speech = self.desks.modes, self.desks.comparing, self.desks.voiceover
        lists = self.queue_page.list, modes.subtitles.table, comparing.page.list, speech.page.table
        self.notices.lie_over(self.inspector, self.empty, self.page.transcript, *lists)

    def _make_bars(self) -> None:
        """The menus above, what is saved below."""
        for title in self.commands.menus:
            menu = self.menuBar().addMenu(_LETTERED.get(title, f"&{title}"))
            menu.setObjectName(f"menu{title}")
            menu.addActions(self.commands.menu(title))
        self._saved = QLabel("Everything is saved")
        self._saving = QTimer(self, singleShot=True, interval=_AFTER)
        self._saving.timeout.connect(lambda: self._saved.setText("Saving …") if self.desk.saving else None)
        self._place = QLabel("Nothing leaves this computer")
        self.statusBar().addWidget(self._saved)
        self._saved.ensurePolished()
        self._saved.setFixedSize(self._saved.sizeHint())  # the longer of its two texts: typing moves nothing around it
        self.statusBar().addPermanentWidget(self._place)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().setContentsMargins(12, 0, 12, 0)

    # Wiring

    def _connect_queue(self) -> None:
        desk = self.queue
        for view in (self.queue_view, self.queue_page):
            view.open_requested.connect(self._open_chosen)
            view.retry_requested.connect(self.sending.retry)
            view.resume_requested.connect(self.sending.retry)
            view.send_again_requested.connect(desk.send_again)
            view.leave_requested.connect(desk.leave)
            view.account_requested.connect(self.accounts.open)
            view.pause_requested.connect(desk.pause)
            view.cancel_requested.connect(desk.cancel)
            view.remove_requested.connect(self.intake.remove)
            view.selection_changed.connect(self.intake.offer)
            view.files_dropped.connect(self.add)
        self.queue_page.back_requested.connect(lambda: self.commands["queuePageAction"].setChecked(False))
        self.commands.connect_switch("queuePageAction", self._switch_page)
        self.rail.search_wanted.connect(lambda: self.panels.open_left(self.queue_view.search))
        self.empty.choose_files.connect(self.intake.choose_files)
        self.empty.try_sample.connect(self.intake.try_sample)
        self.empty.show_accounts.connect(self.commands["accountsAction"].trigger)
        for speaks in (desk, self.sending):
            speaks.notice.connect(self.notices.show_notice)
        self.sending.agreed.connect(lambda _: self.accounts.refresh())
        self.desks.account_wanted.connect(self.accounts.open)
        self.accounts.changed.connect(self._offer_accounts)
        self.intake.open_requested.connect(self._open)
        desk.job_event.connect(self.desk.on_job_event)
        desk.looked.connect(self.desk.look_at_job)
        self.desks.connect_queue(desk)
        self.intake.texts_added.connect(self.desks.opening.open_files)
        for found in (self.desks.opening.opened, self.desks.recording.used):
            found.connect(lambda job: self._open_id(job.id))
        desk.paused_changed.connect(self._on_paused)
        self.next_job.changed.connect(self._remember_options)

    def _connect_transcript(self) -> None:
        desk, page = self.desk, self.page
        desk.notice.connect(self.notices.show_notice)
        desk.opened.connect(self._on_opened)
        desk.job_changed.connect(lambda _: self._refresh())
        desk.progress.connect(self._on_progress)
        desk.history_changed.connect(self._on_history)
        desk.changed.connect(lambda _: self._saving.start())
        desk.saved.connect(lambda: self._saved.setText("Everything is saved"))
        for changed in (self.transcript_model.modelReset, self.transcript_model.speakers_changed):
            changed.connect(self._refresh)
        self.transcript_model.rowsInserted.connect(lambda *_: self._refresh())
        page.transcript.rename_requested.connect(self.desks.speakers.rename)
        page.transcript.relabel_requested.connect(lambda id, speaker: desk.relabel([id], speaker))
        page.transcript.retry_requested.connect(self.sending.retry)
        self.export.notice.connect(self.notices.show_notice)
        self.export.rules_chosen.connect(self.desks.checks.use_rules)
        self.playback.notice.connect(lambda kind, text: self.notices.show_notice(kind, text, key="player"))

    def _connect_commands(self) -> None:
        do = {
            "exportAction": self._export,
            "detailsAction": lambda: show_details(self._studio, self.desk.job, self.desk.transcript, self),
            "quitAction": self.close,
            "undoAction": self.desk.undo,
            "redoAction": self.desk.redo,
            "findAction": self._find,
            "themeAction": self._switch_theme,
            "paletteAction": self.finder.open,
            "shortcutsAction": self._change_keys,
            "doctorAction": lambda: help_desk.examine(self),
            "aboutAction": lambda: help_desk.about(self),
        }
        for name, function in do.items():
            self.commands.connect(name, function)

    def _make_palette(self) -> Palette:
        settings = self._studio.library.settings
        finders = [
            in_transcript(self.transcript_model, lambda segment: self.playback.seek(segment.start)),
            in_library(lambda text: self.desks.library.found(text, 6, 2), lambda hit: self.desks.library.show_hit(hit)),
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
        self.intake.add(paths)

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

    def _on_paused(self, paused: bool) -> None:
        self.tools.show_paused(paused)
        self.commands["startQueueAction"].setEnabled(paused)
        self.commands["pauseQueueAction"].setEnabled(not paused)

    def _selected(self) -> list[int]:
        """The jobs that commands act on: those selected in the queue, else the open one."""
        if self.queue_page.isVisible():
            return self.queue_page.selected_ids()
        return self.queue_view.selected_ids() or ([self.desk.job.id] if self.desk.job else [])

    # The open recording

    def _last_job(self) -> Job | None:
        jobs = self._studio.library.jobs.all()
        last = self._studio.library.settings.get("open_job")
        return next((j for j in jobs if j.id == last), jobs[-1] if jobs else None)

    def _open_chosen(self, id: int) -> None:
        self._open_id(id)
        self.panels.close_left()

    def _open_id(self, id: int) -> None:
        self.commands["queuePageAction"].setChecked(False)
        job = self._studio.library.jobs.get(id)
        if job is None or not self.desks.rerunning.look(job):
            self._open(job)

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
        self.transport.setVisible(not queue)
        self.panels.fit()

    def _switch_page(self, queue: bool) -> None:
        if queue:
            self.playback.player.stop()
        else:
            self.queue_page.show_only(None)
        self._show_page()
        if queue:
            self.queue_page.list.setFocus()
        else:
            self.desks.modes.show(self.page.mode)
        self._refresh()

    def _on_progress(self, progress: Progress) -> None:
        self._progress = progress
        self._refresh()

    def _refresh(self) -> None:
        """Bring titles and states of the open recording up to date."""
        job = self.desk.job
        shown = "Queue" if self.queue_page.isVisible() else job.name if job else ""
        self.setWindowTitle(f"{shown}, Transcription Studio" if shown else "Transcription Studio")
        self.commands["exportAction"].setEnabled(self.transcript_model.rowCount() > 0)
        self.commands["detailsAction"].setEnabled(job is not None)
        self.page.set_job(job, self._progress)
        self.page.transcript.set_editable(job is not None and job.transcript_id is not None)
        if job:
            self.page.show_job(job, self.transcript_model, self._progress)
        self.desks.checks.explain()

    def _on_history(self, undo: str | None, redo: str | None) -> None:
        for name, verb, step in (("undoAction", "Undo", undo), ("redoAction", "Redo", redo)):
            self.commands[name].setEnabled(step is not None)
            self.commands[name].setText(f"&{verb} {step}" if step else f"&{verb}")

    def _export(self) -> None:
        if self.desk.job:
            self.export.open(self, self.desk.job, self.desk.transcript, self.desk.selection.ids)

    def _find(self) -> None:
        """In the list of jobs where that is shown, else in the text."""
        if self.queue_page.isVisible():
            self.queue_page.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.queue_page.search.selectAll()
        elif self.page.isVisible():
            self.desks.find.open()

    # The window itself

    def _restore(self) -> None:
        settings = self._studio.library.settings
        geometry = settings.get("window")
        if geometry:
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))
        self.commands["themeAction"].setChecked(theme.current().dark)
        theme.current().changed.connect(self._show_theme)
        self._on_paused(self.queue.paused)
        self._on_history(None, None)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self.queue.start)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.tools.fit(self.width())
        self.page.set_compact(self.height() < _LOW)
        self.notices.set_low(self.height() < _LOW)
        self.panels.fit()

    def closeEvent(self, event: QCloseEvent) -> None:
        problem = self.desk.store_all()
        if problem and not closes_unsaved(problem, self):
            event.ignore()
            return
        if not self.sending.closes():
            event.ignore()
            return
        self._studio.library.settings.set("window", bytes(self.saveGeometry().toBase64().data()).decode())
        self.playback.shut_down()
        self.sending.shut_down()
        self.accounts.shut_down()
        self.queue.shut_down()
        self.desk.shut_down()
        self.desks.shut_down()
        for task in self.findChildren(Task):
            task.shut_down()
        self._studio.close()
        super().closeEvent(event)

    def _offer_accounts(self) -> None:
        self.next_job.set_offers(self._studio.accounts.offers())

    def _remember_options(self) -> None:
        options = self.next_job.options()
        self._studio.library.settings.set("next_job", options.as_dict())
        self._show_place(options)
        self.accounts.refresh()

    def _show_place(self, options: JobOptions) -> None:
        goes = f"The sound of the next job goes to {options.account}"
        self._place.setText(goes if options.account else "Nothing leaves this computer")
        ready = bool(options.account) or self._studio.models.is_ready(options.model)
        self.empty.set_place(options.account, ready)

    def _show_theme(self) -> None:
        self.commands["themeAction"].setChecked(theme.current().dark)

    def _switch_theme(self) -> None:
        mode: theme.Mode = "light" if theme.current().dark else "dark"
        self._studio.library.settings.set("theme", mode)
        theme.current().set_mode(mode)
