"""The queue and library as one Qt list: section headers and jobs. Runs on the window's thread.

Holds `Job` values that others read from the library. Changes reach the views as the smallest signals that fit, so
selection and scroll position survive. The order is the library's business: a drag only emits `move_requested`.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from enum import Enum, IntEnum
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QAbstractListModel, QByteArray, QMimeData, QModelIndex, QPersistentModelIndex, Qt, Signal

from studio.core.jobs import Job, JobState, Progress

from .apart import apart
from .wording import clock, job_sentence, needs_user, place_words, waits_because

Index = QModelIndex | QPersistentModelIndex
JOB_MIME = "application/x-studio-jobs"
MANY_CHANGES = 64  # more separate changes than this are cheaper to show as a new list


class Section(Enum):
    """The groups in the order they are shown; the value is the title."""

    WORKING = "Working now"
    NEEDS_YOU = "Needs you"
    WAITING = "Waiting"
    DONE = "Done"


SECTION_OF = {
    JobState.RUNNING: Section.WORKING,
    JobState.FAILED: Section.NEEDS_YOU,
    JobState.WAITING: Section.WAITING,
    JobState.PAUSED: Section.WAITING,
    JobState.DONE: Section.DONE,
    JobState.CANCELLED: Section.DONE,
}


def section_of(job: Job) -> Section:
    return Section.NEEDS_YOU if needs_user(job) else SECTION_OF[job.state]


Row = Section | int  # a header, or the id of a job


class QueueRole(IntEnum):
    """`DisplayRole` gives the name or title; `AccessibleTextRole` the whole row in words."""

    JOB = Qt.ItemDataRole.UserRole + 1  # the Job; None on a header
    PROGRESS = Qt.ItemDataRole.UserRole + 2  # its latest Progress or None
    SECTION = Qt.ItemDataRole.UserRole + 3  # the Section this row belongs to
    COUNT = Qt.ItemDataRole.UserRole + 4  # on a header: how many jobs the section has, folded or not
    FOLDED = Qt.ItemDataRole.UserRole + 5  # on a header: whether its jobs are hidden
    PLACE = Qt.ItemDataRole.UserRole + 6  # of a waiting job: 1 is next in line; 0 for all others
    APART = Qt.ItemDataRole.UserRole + 7  # what tells a job from others of the same name; "" where there are none


class QueueModel(QAbstractListModel):
    """Rows are section headers and jobs; empty sections have no header."""

    move_requested = Signal(int, object)  # job id, id of the job it shall stand before (None: at the end)
    counts_changed = Signal()
    line_changed = Signal()  # who waits, and in which order
    filter_changed = Signal(str)  # what `set_filter` was given; every search field shows the same

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._jobs: dict[int, Job] = {}
        self._progress: dict[int, Progress] = {}
        self._rows: list[Row] = []
        self._row_of: dict[Row, int] = {}
        self._counts: dict[Section, int] = {}
        self._folded: set[Section] = set()
        self._filter = ""
        self._only: Section | None = None
        self._line: list[int] = []  # waiting and paused jobs in their order, shown or not
        self._place: dict[int, int] = {}
        self._apart: dict[int, str] = {}

    # What others ask

    def job(self, job_id: int) -> Job | None:
        return self._jobs.get(job_id)

    def job_at(self, index: Index) -> Job | None:
        row = self._rows[index.row()] if index.isValid() else None
        return self._jobs[row] if isinstance(row, int) else None

    def progress_of(self, job_id: int) -> Progress | None:
        return self._progress.get(job_id)

    def index_of(self, job_id: int) -> QModelIndex:
        """Invalid when the job is unknown, folded away or filtered out."""
        row = self._row_of.get(job_id)
        return QModelIndex() if row is None else self.index(row)

    def count(self, section: Section) -> int:
        return self._counts.get(section, 0)

    @property
    def total(self) -> int:
        """All jobs, whatever is folded or filtered out."""
        return len(self._jobs)

    def waiting_ids(self) -> list[int]:
        """Waiting and paused jobs as shown, in the order of the queue."""
        return [r for r in self._rows if isinstance(r, int) and section_of(self._jobs[r]) is Section.WAITING]

    def last_sentence(self) -> int:
        """The last row that says why a job stands still, in as many lines as it needs; -1 if none does."""
        told = (row for row in range(len(self._rows) - 1, -1, -1) if self._tells(self._rows[row]))
        return next(told, -1)

    def _tells(self, row: Row) -> bool:
        if isinstance(row, Section):
            return False
        job = self._jobs[row]
        return needs_user(job) or bool(waits_because(job))

    def next_in_line(self, but: Collection[int] = ()) -> int | None:
        """The first waiting or paused job that is none of these, shown or not."""
        return next((id for id in self._line if id not in but), None)

    # What others tell

    def set_jobs(self, jobs: Iterable[Job]) -> None:
        """Show exactly these jobs; what has not changed is left alone."""
        self._adopt({job.id: job for job in jobs})

    def update_job(self, job: Job) -> None:
        """One job is new or has changed."""
        old = self._jobs.get(job.id)
        if old is None or _standing(old) != _standing(job):
            self._adopt(self._jobs | {job.id: job})
        elif old != job:
            self._jobs[job.id] = job
            self._touch([job.id])

    def set_progress(self, job_id: int, progress: Progress) -> None:
        if job_id in self._jobs and self._progress.get(job_id) != progress:
            self._progress[job_id] = progress
            self._touch([job_id])

    def set_filter(self, text: str) -> None:
        """Show only jobs whose name contains the text, in any case."""
        self._filter = _plain(text.strip())
        self._adopt(self._jobs)
        self.filter_changed.emit(text)

    def show_only(self, section: Section | None) -> None:
        """Show the jobs of one section, or of all; the counts go on telling of all."""
        self._only = section
        self._adopt(self._jobs)

    def toggle_section(self, section: Section) -> None:
        self._folded ^= {section}
        self._adopt(self._jobs)
        self._touch([section])

    # The list itself

    def _adopt(self, jobs: dict[int, Job]) -> None:
        old, old_counts = self._jobs, self._counts
        rows, counts = self._arrange(jobs)
        self._jobs = old | jobs  # rows on their way out must still answer
        self._counts = old_counts | counts
        self._reshape(rows)
        self._jobs, self._counts = dict(jobs), counts
        old_apart, self._apart = self._apart, apart(jobs.values()) if jobs is not old else self._apart
        self._progress = {
            id: p for id, p in self._progress.items() if id in jobs and jobs[id].state is JobState.RUNNING
        }
        changed: list[Row] = [
            id for id, job in jobs.items() if id in old and (old[id] != job or old_apart.get(id) != self._apart.get(id))
        ]
        self._touch([*changed, *(s for s in counts if counts[s] != old_counts.get(s))])
        if counts != old_counts:
            self.counts_changed.emit()
        self._line_up()

    def _line_up(self) -> None:
        waiting = [job for job in self._jobs.values() if section_of(job) is Section.WAITING]
        waiting.sort(key=lambda j: (j.position, j.id))
        line = [job.id for job in waiting]
        places = {job.id: n for n, job in enumerate((j for j in waiting if j.state is JobState.WAITING), 1)}
        if (line, places) != (self._line, self._place):
            self._line, self._place = line, places
            self.line_changed.emit()

    def _arrange(self, jobs: dict[int, Job]) -> tuple[list[Row], dict[Section, int]]:
        members: dict[Section, list[Job]] = {section: [] for section in Section}
        for job in jobs.values():
            if self._filter in _plain(job.name):
                members[section_of(job)].append(job)
        rows: list[Row] = []
        for section, group in members.items():
            # What was finished last is looked for first; everything else keeps the order of the queue.
            group.sort(key=lambda j: (j.position, j.id), reverse=section is Section.DONE)
            if group and self._only in (None, section):
                rows.append(section)
                rows.extend(job.id for job in group if section not in self._folded)
        return rows, {section: len(group) for section, group in members.items()}

    def _reshape(self, new: list[Row]) -> None:
        """Turn the present rows into `new`: remove, reorder, insert, with as few signals as there are gaps."""
        staying, present = set(new), set(self._rows)
        gone = _ranges([i for i, row in enumerate(self._rows) if row not in staying])
        added = _ranges([i for i, row in enumerate(new) if row not in present])
        if len(gone) + len(added) > MANY_CHANGES:
            self.beginResetModel()
            self._set_rows(new)
            self.endResetModel()
            return
        for first, last in reversed(gone):
            self.beginRemoveRows(QModelIndex(), first, last)
            self._set_rows(self._rows[:first] + self._rows[last + 1 :])
            self.endRemoveRows()
        kept = [row for row in new if row in present]
        if kept != self._rows:
            self._reorder(kept)
        for first, last in added:
            self.beginInsertRows(QModelIndex(), first, last)
            self._set_rows(self._rows[:first] + new[first : last + 1] + self._rows[first:])
            self.endInsertRows()

    def _reorder(self, rows: list[Row]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        keys = [self._rows[index.row()] for index in before]
        self._set_rows(rows)
        self.changePersistentIndexList(before, [self.index(self._row_of[key]) for key in keys])
        self.layoutChanged.emit()

    def _set_rows(self, rows: list[Row]) -> None:
        self._rows = rows
        self._row_of = {row: i for i, row in enumerate(rows)}

    def _touch(self, keys: Sequence[Row]) -> None:
        rows = sorted(self._row_of[key] for key in keys if key in self._row_of)
        ranges = _ranges(rows)
        if len(ranges) > MANY_CHANGES:
            ranges = [(rows[0], rows[-1])]
        for first, last in ranges:
            self.dataChanged.emit(self.index(first), self.index(last))

    # Qt's questions

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        return self._header_data(row, role) if isinstance(row, Section) else self._job_data(self._jobs[row], role)

    def _header_data(self, section: Section, role: int) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return section.value
            case Qt.ItemDataRole.AccessibleTextRole:
                folded = ", folded" if section in self._folded else ""
                return f"{section.value}, {self._counts.get(section, 0)}{folded}"
            case QueueRole.SECTION:
                return section
            case QueueRole.COUNT:
                return self._counts.get(section, 0)
            case QueueRole.FOLDED:
                return section in self._folded
        return None

    def _job_data(self, job: Job, role: int) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return job.name
            case Qt.ItemDataRole.AccessibleTextRole:
                where = (place_words(job),) if job.options.account else ()
                return ", ".join((*self._named(job), clock(job.duration), *where, self._sentence(job)))
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join((*self._named(job), self._sentence(job)))
            case QueueRole.JOB:
                return job
            case QueueRole.PROGRESS:
                return self._progress.get(job.id)
            case QueueRole.SECTION:
                return section_of(job)
            case QueueRole.PLACE:
                return self._place.get(job.id, 0)
            case QueueRole.APART:
                return self._apart.get(job.id, "")
        return None

    def _named(self, job: Job) -> tuple[str, ...]:
        return tuple(filter(None, (job.name, self._apart.get(job.id))))

    def _sentence(self, job: Job) -> str:
        return job_sentence(job, self._progress.get(job.id))

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        job = self.job_at(index)
        if job is None:
            return Qt.ItemFlag.ItemIsEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsDragEnabled if section_of(job) is Section.WAITING else flags

    # Dragging waiting jobs to another place

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [JOB_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        ids = [job.id for index in sorted(indexes, key=lambda i: i.row()) if (job := self.job_at(index))]
        data = QMimeData()
        data.setData(JOB_MIME, QByteArray(json.dumps(ids).encode()))
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        if not data.hasFormat(JOB_MIME):
            return False
        moved = [id for id in json.loads(bytes(data.data(JOB_MIME).data())) if id in self._jobs]
        if row < 0:
            row = parent.row() if parent.isValid() else len(self._rows)
        waiting = [id for id in self.waiting_ids() if id not in moved]
        before = next((id for id in waiting if self._row_of[id] >= row), None)
        for id in moved:
            self.move_requested.emit(id, before)
        return bool(moved)


def _plain(text: str) -> str:
    """Without capitals, and letters with marks in the usual form: names from a Mac have another."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _standing(job: Job) -> tuple[object, ...]:
    """What a job's place in the list and the names of others depend on."""
    return section_of(job), job.state, job.position, job.name, job.path


def _ranges(rows: list[int]) -> list[tuple[int, int]]:
    """Ascending row numbers as (first, last) of each unbroken run."""
    if not rows:
        return []
    breaks = [i for i, (a, b) in enumerate(pairwise(rows), 1) if b != a + 1]
    return [(rows[a], rows[b - 1]) for a, b in pairwise([0, *breaks, len(rows)])]
