"""Versions of the open transcript: kept while it is edited, shown, gone back to. Runs on the window's thread.

Packing and comparing hours of text is done in the background, one after the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QInputDialog, QWidget

from studio.core import edits
from studio.core.edits import Edit
from studio.core.errors import Problem, StudioError
from studio.core.jobs import Job, StopToken
from studio.library import Version
from studio.services import versions
from studio.services.studio import Studio

from ..commands import Commands
from ..dialogs.versions_dialog import VersionsDialog
from ..lane import Lane
from ..notices import NoticeBar
from ..workers import after_you
from .transcript_desk import TranscriptDesk


class VersionsDesk(QObject):
    def __init__(
        self, studio: Studio, desk: TranscriptDesk, notices: NoticeBar, commands: Commands, window: QWidget
    ) -> None:
        super().__init__(window)
        self._studio, self._desk, self._notices, self._window = studio, desk, notices, window
        self._commands = commands
        self._keeping, self._comparing = Lane(self), Lane(self)
        self._kept = 0.0  # when the last automatic version of the open transcript was made; 0 for not yet
        commands.connect("saveVersionAction", self.ask_name)
        commands.connect("versionsAction", self.show)
        desk.opened.connect(self._on_opened)
        desk.changed.connect(self._on_changed)
        for changed in (desk.model.modelReset, desk.model.rowsInserted, desk.model.rowsRemoved):
            changed.connect(self._offer)
        self._offer()

    def shut_down(self) -> None:
        """Returns when nothing is being kept any more."""
        self._comparing.shut_down()
        self._keeping.shut_down()

    # Keeping

    def _on_opened(self, job: Job | None) -> None:
        self._kept = 0.0

    def _on_changed(self, edit: Edit) -> None:
        """Keep what was before the first change, before a large one, and every ten minutes."""
        id, now = self._id(), time.monotonic()
        large = versions.is_large(edit)
        if id is None or not (large or not self._kept or now - self._kept >= versions.EVERY):
            return
        name = f"Before “{edit.name}”" if large else "While editing" if self._kept else "As it was opened"
        self._kept = now
        after, stored, studio = self._desk.transcript, self._desk.stored_before, self._studio

        def keep(stop: StopToken) -> None:
            after_you()
            versions.keep(studio, id, edits.apply(after, edit.inverse()), name, stored)

        self._keeping.run(keep, failed=self._tell)

    def ask_name(self) -> None:
        """Keep the transcript as it is now, under a name."""
        dialog = QInputDialog(self._window)
        dialog.setObjectName("versionNameDialog")
        dialog.setWindowTitle("Save a version")
        dialog.setLabelText("Name of this state of the transcript:")
        dialog.setOkButtonText("Save")
        dialog.textValueSelected.connect(self.save)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, name: str) -> None:
        id, transcript, studio = self._id(), self._desk.transcript, self._studio
        if id is not None:
            self._keeping.run(
                lambda stop: versions.keep_named(studio, id, transcript, name), self._on_saved, self._tell
            )

    def _on_saved(self, version: Version) -> None:
        self._notices.show_notice("info", f"The version “{version.name}” is kept.")
        self._refresh()

    # Showing

    def show(self) -> VersionsDialog | None:
        """The dialog, None where nothing is open."""
        if self._id() is None:
            return None
        dialog, studio = VersionsDialog(self._window), self._studio
        dialog.save_requested.connect(self.ask_name)
        dialog.restore_requested.connect(lambda version: self._restore(dialog, version))
        # queued: the list must not be filled anew while its field is being closed
        dialog.rename_requested.connect(
            lambda version, name: self._try(lambda: versions.rename(studio, version, name)),
            Qt.ConnectionType.QueuedConnection,
        )
        dialog.delete_requested.connect(lambda version: self._try(lambda: versions.delete(studio, version)))
        dialog.finished.connect(lambda _: self._comparing.stop())
        dialog.open()
        self._refresh()
        return dialog

    def _try(self, change: Callable[[], None]) -> None:
        problem: Problem | None = None
        try:
            change()
        except StudioError as e:
            problem = e.problem
        self._refresh()
        for dialog in self._dialogs():
            if problem:
                dialog.show_problem(problem.sentence)

    def _refresh(self) -> None:
        """Bring the dialog up to date, if it is open: the list at once, the differences as they are found."""
        id = self._id()
        for dialog in self._dialogs():
            found = versions.versions(self._studio, id) if id is not None else []
            dialog.show_versions(found)
            self._comparing.stop()
            for version in found:
                if dialog.way_to(version) is None:
                    self._compare(dialog, version)

    def _compare(self, dialog: VersionsDialog, version: Version) -> None:
        current, studio = self._desk.transcript, self._studio
        self._comparing.run(
            lambda stop: versions.way_back(studio, current, version),
            lambda way: dialog.show_difference(version, way),
            lambda problem: dialog.show_problem(problem.sentence),
        )

    def _restore(self, dialog: VersionsDialog, version: Version) -> None:
        way = dialog.way_to(version)
        if way is None:
            return
        edit = way.edit
        if tuple(self._desk.segments(s.id for s in edit.before)) != edit.before:
            dialog.show_problem("The transcript was changed meanwhile. Open this list again.")
            return
        dialog.accept()
        self._desk.do(edit)
        undo = self._commands.way_to("undoAction")
        self._notices.show_notice("info", f"This is “{version.name}” again. {undo} takes it back.")

    def _dialogs(self) -> list[VersionsDialog]:
        return [d for d in self._window.findChildren(VersionsDialog) if d.isVisible()]

    def _id(self) -> int | None:
        return self._desk.job.transcript_id if self._desk.job else None

    def _offer(self) -> None:
        there = self._desk.model.rowCount() > 0
        for name in ("saveVersionAction", "versionsAction"):
            self._commands[name].setEnabled(there)

    def _tell(self, problem: Problem) -> None:
        self._notices.show_notice("warn", problem.sentence)
