"""Recognising the chosen passages again: how, how far it is, and what would change. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.core.compare import cuts
from studio.core.jobs import Job, JobOptions
from studio.services.accounts import Offer
from studio.services.hearing import HearOptions
from studio.services.opinion import Decisions
from studio.ui.compare.bars import Heads
from studio.ui.compare.passage_list import PassageList
from studio.ui.compare.passages import PassagesModel
from studio.ui.models.wording import counted, job_sentence

from .buttons import button
from .hearing_dialog import FORM, PREVIEW, PROGRESS, HearingDialog
from .rerun_options import RerunFields, engine_words

_SAFE = "The text stays as it is until you press Replace."


class RerunDialog(HearingDialog):
    run_requested = Signal(object)  # HearOptions
    replace_requested = Signal()

    def __init__(
        self,
        chosen: str,
        used: JobOptions,
        ready: frozenset[str],
        offers: Sequence[Offer] = (),
        spoken: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`chosen`: "3 passages, 12:17.620 to 12:54.000". `used`: how the recording was heard. The rest: see fields."""
        super().__init__("rerun", "Recognise again", _SAFE, parent)
        self._fields = RerunFields(used, ready, offers, spoken, another=False)
        self._run_options = self._fields.options()
        say = QLabel(chosen)
        say.setObjectName("rerunChosen")
        say.setProperty("role", "heading")
        self._model = PassagesModel(self)
        self.list = PassageList(self._model, decides=False)
        self._heads = Heads("Before", "Now")
        self._heads.only_show()
        self.list.width_changed.connect(self._heads.arrange)
        preview = QWidget()
        shown = QVBoxLayout(preview)
        shown.setContentsMargins(0, 0, 0, 0)
        shown.setSpacing(0)
        shown.addWidget(self._heads)
        shown.addWidget(self.list, 1)
        self._run = button("rerunStartButton", "Recognise again", self._on_run, "", "primary")
        self._again = button("rerunAgainButton", "Another way …", lambda: self.turn_to(FORM))
        self._replace = button("rerunReplaceButton", "Replace", self.replace_requested.emit, "", "primary")
        self._leave = button("rerunLeaveButton", "Go on in the queue", self.accept)
        self._keep = button("rerunKeepButton", "Cancel", self.reject)
        self.arrange(say, self._fields, preview, [self._again, self._leave], [self._keep, self._replace, self._run])

    def show_buttons(self, page: int) -> None:
        self._run.setVisible(page == FORM)
        self._again.setVisible(page == PREVIEW)
        self._leave.setVisible(page == PROGRESS and bool(self._run_options.account))
        self._replace.setVisible(page == PREVIEW)
        self._keep.setText("Keep as it is" if page == PREVIEW else "Cancel")
        self._keep.setAccessibleName(self._keep.text())
        self._run.setDefault(page == FORM)

    def _on_run(self) -> None:
        self.run_requested.emit(self._fields.options())

    def show_running(self, options: HearOptions) -> None:
        self._run_options = options
        self.begin()

    def show_waiting(self, job: Job) -> None:
        """How the job in the queue stands that does it."""
        self._stage.setText("Waiting" if job.problem else job_sentence(job))
        if job.problem:
            self.tell(job.problem.sentence, "warn")
        else:
            self.tell(_SAFE)

    def show_result(self, decisions: Decisions, engine_before: str) -> None:
        """What would change, before it is changed."""
        comparison = decisions.comparison
        differences = len(comparison.differences)
        other = cuts(comparison)
        self.turn_to(PREVIEW)
        options = self._run_options
        self._heads.show_names(engine_before, "", engine_words(options.account, options.model), "")
        self._model.set_decisions(decisions, other)
        self.list.delegate.forget()
        if not decisions.right.segments:
            self.tell("No words were heard there this time. Replace would remove these passages.", "warn")
        elif differences or other:
            words = counted(differences, "difference", "differences") if differences else "Every word is the same"
            self.tell(f"{', '.join([words, *_cut_words(self._model)])}. {_SAFE}")
        else:
            self.tell("Every word is the same; only times may differ.")
        self._replace.setDefault(True)
        self._replace.setFocus(Qt.FocusReason.OtherFocusReason)


def _cut_words(model: PassagesModel) -> list[str]:
    """How many passages become others although their words stay."""
    found = [cuts for passage in model.passages if (cuts := model.cuts(passage))]
    parted = sum(any(cut.parts is not None for cut in cuts) for cuts in found)
    given = sum(any(cut.speaker is not None for cut in cuts) for cuts in found)
    says = [f"{counted(parted, 'passage is', 'passages are')} cut otherwise"] if parted else []
    return says + ([f"{counted(given, 'passage gets', 'passages get')} another speaker"] if given else [])
