"""The desks of the open recording: each made once, and which of them hears of which. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio.core.jobs import JobOptions
from studio.services.studio import Studio

from ..commands import Commands
from ..compare import ComparePage, DifferencesPanel
from ..inspector.inspector import Inspector
from ..inspector.speakers_panel import SpeakersPanel
from ..notices import NoticeBar
from ..window.file_page import FilePage
from .casting_desk import CastingDesk
from .checks_desk import ChecksDesk
from .cleaning_desk import CleaningDesk
from .cloning_desk import CloningDesk
from .compare_desk import CompareDesk
from .cue_tools_desk import CueToolsDesk
from .edit_desk import EditDesk
from .find_desk import FindDesk
from .find_speakers import FindSpeakers
from .finding_desk import FindingDesk
from .library_desk import LibraryDesk
from .opening_desk import OpeningDesk
from .playback_desk import PlaybackDesk
from .queue_desk import QueueDesk
from .rerun_desk import RerunDesk
from .sending_desk import SendingDesk
from .speakers_desk import SpeakersDesk
from .speaking_desk import SpeakingDesk
from .speech_gate import SpeechGate
from .subtitles_desk import SubtitlesDesk
from .transcript_desk import TranscriptDesk
from .unsure_desk import UnsureDesk
from .versions_desk import VersionsDesk
from .voiceover_desk import VoiceoverDesk
from .waveform_desk import WaveformDesk


class Desks(QObject):
    """`open_id` opens a job; `options` are those of the next one; by `queue` and `sending` jobs get into the queue."""

    account_wanted = Signal(str)  # its page shall be shown

    def __init__(
        self,
        studio: Studio,
        desk: TranscriptDesk,
        playback: PlaybackDesk,
        page: FilePage,
        inspector: Inspector,
        notices: NoticeBar,
        commands: Commands,
        queue: QueueDesk,
        sending: SendingDesk,
        options: Callable[[], JobOptions],
        open_id: Callable[[int], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        rest = notices, commands, window
        speakers, differences, comparison = SpeakersPanel(desk.model), DifferencesPanel(), ComparePage()
        inspector.add("speakers", "Speakers", speakers)
        self.editing = EditDesk(studio, desk, page, playback, commands, window)
        self.waveform = WaveformDesk(studio, desk, page, commands)
        self.speakers = SpeakersDesk(studio, desk, speakers, commands, window)
        self.speakers.panel_wanted.connect(lambda: inspector.show_tab("speakers"))
        self.find_speakers = FindSpeakers(studio, desk, window)
        self.checks = ChecksDesk(studio, desk, page, inspector, commands, window)
        page.add_mode("compare", comparison)
        inspector.add("differences", "Differences", differences)
        self.comparing = CompareDesk(studio, desk, sending, comparison, differences, commands, window)
        self.rerunning = RerunDesk(studio, desk, queue, sending, open_id, commands, window)
        self.modes = SubtitlesDesk(studio, desk, page, self.checks, commands, window)
        self.unsure = UnsureDesk(studio, desk, page.transcript, commands, window)
        self.find = FindDesk(studio, desk, page, self.modes.subtitles, commands, window)
        self.cue_tools = CueToolsDesk(desk, self.checks, playback.player.position, commands, window)
        self.library = LibraryDesk(studio, desk, page, playback, open_id, *rest)
        self.versions = VersionsDesk(studio, desk, *rest)
        self.recording = FindingDesk(studio, desk, *rest)
        self.opening = OpeningDesk(studio, desk, options, *rest)
        self.gate = SpeechGate(studio, notices, window)
        self.gate.agreed.connect(sending.agreed)
        self.speaking = SpeakingDesk(studio, desk, page, playback.player, self.gate, commands, window)
        playback.stopped.connect(self.speaking.stop)
        self.casting = CastingDesk(studio, desk, self.speaking, inspector, commands, window)
        self.voiceover = VoiceoverDesk(
            studio, desk, page, playback, self.speaking, self.casting, self.gate, commands, window
        )
        self.cloning = CloningDesk(studio, desk, page, playback.player, *rest)
        self.cloning.changed.connect(self.casting.refresh)
        self.cleaning = CleaningDesk(studio, desk, playback, sending, *rest)
        self._connect(notices, playback)
        self._connect_comparison(page, inspector, differences, commands)

    def _connect(self, notices: NoticeBar, playback: PlaybackDesk) -> None:
        self.modes.connect_editing(self.editing, playback)
        self.unsure.other = self.comparing.other_word
        self.speakers.find_again_requested.connect(self.find_speakers.ask)
        self.editing.name_wanted.connect(self.speakers.ask_name)
        self.voiceover.page.table.rows_selected.connect(lambda _, current: self.editing.show_in_waveform(current))
        playback.player.position_changed.connect(self.speakers.set_position)
        for wish in (self.speakers.play_requested, self.comparing.play_requested, self.unsure.play_requested):
            wish.connect(playback.player.play_range)
        for wants in (self.gate, self.cloning, self.cleaning):
            wants.account_wanted.connect(self.account_wanted)
        for part in (
            self.speakers,
            self.find_speakers,
            self.checks,
            self.comparing,
            self.rerunning,
            self.unsure,
            self.find,
            self.cue_tools,
            self.speaking,
            self.voiceover,
        ):
            part.notice.connect(notices.show_notice)
        self.rerunning.offered.connect(notices.show_notice)

    def _connect_comparison(
        self, page: FilePage, inspector: Inspector, differences: DifferencesPanel, commands: Commands
    ) -> None:
        """The differences stand in front while two texts are compared, and mark words as doubtful afterwards."""

        before = "speakers"  # the tab that comes back afterwards

        def on_mode(mode: str) -> None:
            nonlocal before
            comparing = mode == "compare"
            if comparing and inspector.shown != "differences":
                before = inspector.shown
            was_there = inspector.shown == "differences"
            inspector.set_present("differences", comparing)
            inspector.set_present("voices", not comparing)  # else the names of the tabs are cut off
            if comparing or was_there:
                inspector.show_tab("differences" if comparing else before)

        on_mode(page.mode)
        page.mode_changed.connect(on_mode)
        differences.open_changed.connect(lambda count: inspector.set_count("differences", count, "info"))
        self.comparing.ready.connect(commands["compareModeAction"].trigger)
        self.comparing.doubtful_changed.connect(page.transcript.set_doubtful)
        self.comparing.doubtful_changed.connect(lambda _: self.checks.count_again())

    def connect_queue(self, queue: QueueDesk) -> None:
        """What happens to jobs, and which jobs are put into the queue by what is done here."""
        queue.job_event.connect(self.comparing.on_job_event)
        queue.job_done.connect(self.find.on_done)
        self.comparing.queued.connect(queue.on_queued)
        for found in (self.opening.opened, self.recording.used):
            found.connect(lambda _: queue.refresh())

    def shut_down(self) -> None:
        """Stop what runs in the background; returns when it has ended."""
        for part in (
            self.waveform,
            self.speakers,
            self.find_speakers,
            self.rerunning,
            self.library,
            self.versions,
            self.recording,
            self.opening,
            self.cloning,
            self.cleaning,
            self.gate,
            self.speaking,
            self.voiceover,
        ):
            part.shut_down()
