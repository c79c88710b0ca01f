"""All transcripts at once, versions, opened subtitles and lost recordings, in the real window with real keys."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
import soundfile
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QInputDialog, QLineEdit, QPushButton, QTreeWidget, QWidget
from pytestqt.qtbot import QtBot

from studio import media
from studio.core import edits
from studio.core.jobs import Job, JobOptions, JobState
from studio.core.speakers import split_off
from studio.core.transcript import EngineInfo, Segment, Source, Transcript, Word, default_speakers
from studio.formats import FORMATS, WriteOptions
from studio.resources import resource
from studio.services.versions import LARGE, versions
from studio.ui.dialogs.before_after import BeforeAfterList
from studio.ui.dialogs.library_replace_dialog import LibraryReplaceDialog
from studio.ui.dialogs.retime_dialog import RetimeDialog
from studio.ui.dialogs.versions_dialog import VersionsDialog
from studio.ui.dialogs.warnings_dialog import WarningsDialog
from studio.ui.window.main_window import MainWindow

W = TypeVar("W", bound=QWidget)
SRT = "1\n00:00:00,100 --> 00:00:00,300\nHallo Meier\n\n2\n00:00:00,400 --> 00:00:00,450\nBye\n"


def add(window: MainWindow, name: str, *texts: str, path: Path | None = None) -> Job:
    library = window._studio.library
    content = media.fingerprint(path) if path else f"id of {name}"
    place = str(path or f"/nowhere/{name}")
    job = library.jobs.add(place, name, content, 60_000, "cpu", JobOptions(), JobState.DONE)
    id = library.transcripts.create(Source(place, name, content, 60_000), EngineInfo(), job.id)
    cut = [
        Segment.from_words(
            [Word(w, 5000 * n + 300 * i, 5000 * n + 300 * i + 200) for i, w in enumerate(t.split())], "S1"
        )
        for n, t in enumerate(texts)
    ]
    library.transcripts.replace(id, cut, default_speakers(["S1"]), EngineInfo())
    window.queue.refresh()
    found = library.jobs.get(job.id)
    assert found
    return found


def child(parent: QWidget, kind: type[W], name: str = "") -> W:
    found = parent.findChildren(kind, name) if name else parent.findChildren(kind)
    shown = [w for w in found if w.isVisible()]
    assert len(shown) == 1, (kind, name, found)
    return shown[0]


def press(parent: QWidget, name: str) -> None:
    QTest.mouseClick(child(parent, QPushButton, name), Qt.MouseButton.LeftButton)


def press_notice(window: MainWindow, text: str) -> None:
    [button] = [b for b in window.notices.findChildren(QPushButton, "noticeAction") if b.text() == text]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def drop(window: MainWindow, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(p)) for p in paths])
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    window.dropEvent(QDropEvent(QPointF(QPoint(400, 400)), Qt.DropAction.CopyAction, data, buttons, keys))


@pytest.fixture
def shown(window: MainWindow) -> Iterator[MainWindow]:
    """No dialog stays behind."""
    yield window
    for widget in QApplication.topLevelWidgets():
        if widget is not window and widget.isVisible():
            widget.close()


class TestFindInAll:
    def test_words_are_found_and_enter_opens_the_place(self, shown: MainWindow, qtbot: QtBot) -> None:
        first = add(shown, "one.wav", "nothing", "the tide comes")
        second = add(shown, "two.wav", "no word")
        shown._open(second)
        QTest.keyClick(shown, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        dialog = shown.desks.library.dialog
        qtbot.waitUntil(dialog.isVisible)
        QTest.keyClicks(dialog.field, "tid")
        qtbot.waitUntil(lambda: dialog.list.topLevelItemCount() == 1)
        assert dialog._note.text() == "1 passage in 1 recording."
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)
        assert shown.desk.job
        assert shown.desk.job.id == first.id
        assert shown.desk.selection.ids == (2,)
        assert shown.playback.player.position() == 5000
        assert dialog.isVisible()

    def test_arrows_in_the_field_move_through_what_was_found(self, shown: MainWindow, qtbot: QtBot) -> None:
        job = add(shown, "one.wav", "tide one", "tide two", "tide three")
        dialog = shown.desks.library.dialog
        dialog.ask("tide")
        qtbot.waitUntil(lambda: dialog.list.topLevelItemCount() == 1)
        QTest.keyClick(dialog.field, Qt.Key.Key_Down)
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)
        assert shown.desk.job
        assert (shown.desk.job.id, shown.desk.selection.ids) == (job.id, (2,))

    def test_nothing_found_is_said(self, shown: MainWindow, qtbot: QtBot) -> None:
        dialog = shown.desks.library.dialog
        dialog.ask("xylophone")
        qtbot.waitUntil(lambda: "No transcript" in dialog._note.text())
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)
        QTest.keyClick(dialog.field, Qt.Key.Key_Escape)
        assert not dialog.isVisible()

    def test_the_palette_finds_places_in_other_transcripts(self, shown: MainWindow, qtbot: QtBot) -> None:
        other, here = add(shown, "one.wav", "the tide"), add(shown, "two.wav", "my tide")
        shown._open(here)
        shown.finder.open()
        QTest.keyClicks(shown.finder.field, "tide")

        def groups() -> list[str]:
            hits = [shown.finder.hits.hit(row) for row in range(shown.finder.hits.rowCount())]
            return [f"{h.group}: {h.title}" for h in hits if h]

        qtbot.waitUntil(lambda: "In all transcripts: “the tide”" in groups())
        assert not any("In all" in g and "my tide" in g for g in groups())
        hit = next(h for row in range(99) if (h := shown.finder.hits.hit(row)) and h.group == "In all transcripts")
        shown.finder._run(hit)
        assert shown.desk.job
        assert shown.desk.job.id == other.id


class TestReplaceInAll:
    def test_what_is_ticked_is_replaced_here_and_elsewhere(self, shown: MainWindow, qtbot: QtBot) -> None:
        jobs = [add(shown, f"{n}.wav", "Herr Meier", "Meiers") for n in range(3)]
        shown._open(jobs[0])
        shown.desks.library.dialog.ask("Meier")
        press(shown.desks.library.dialog, "libraryReplaceButton")
        dialog = child(shown, LibraryReplaceDialog)
        assert child(dialog, QLineEdit, "libraryReplaceField").text() == "Meier"
        QTest.keyClicks(child(dialog, QLineEdit, "libraryReplacementField"), "Mayer")
        button = child(dialog, QPushButton, "libraryReplaceApplyButton")
        qtbot.waitUntil(lambda: button.text() == "Replace in 3 recordings")
        assert child(dialog, BeforeAfterList).model.rowCount() == 1
        first = dialog.list.topLevelItem(0)
        assert first
        assert first.text(0) == "2.wav"
        first.setCheckState(0, Qt.CheckState.Unchecked)
        assert button.text() == "Replace in 2 recordings"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: any("Replaced in 2 recordings" in t for t in shown.notices.texts()))
        assert [s.text for s in shown.transcript_model.segments()] == ["Herr Mayer", "Meiers"]
        stored = [shown._studio.library.transcripts.get(j.transcript_id or 0) for j in jobs[1:]]
        assert [t.segments[0].text for t in stored if t] == ["Herr Mayer", "Herr Meier"]
        shown.commands["undoAction"].trigger()
        assert shown.transcript_model.segment(0).text == "Herr Meier"

    def test_other_words_forget_what_was_found(self, shown: MainWindow, qtbot: QtBot) -> None:
        add(shown, "one.wav", "Meier")
        dialog = shown.desks.library.replace("Meier")
        button = child(dialog, QPushButton, "libraryReplaceApplyButton")
        qtbot.waitUntil(button.isEnabled)
        QTest.keyClicks(dialog.words, "x")
        assert not button.isEnabled()
        qtbot.waitUntil(lambda: dialog._note.text() == "No transcript has this in it.")

    def test_what_a_look_for_other_words_still_finds_is_not_shown(self, shown: MainWindow, qtbot: QtBot) -> None:
        jobs = [add(shown, f"{n}.wav", "Herr Meier") for n in range(3)]
        dialog = shown.desks.library.replace("Meier")
        button = child(dialog, QPushButton, "libraryReplaceApplyButton")
        dialog.look_requested.connect(  # it looks by now, and nothing of what it finds is delivered yet
            lambda *_: QTest.keyClicks(dialog.replacement, "Mayer"), Qt.ConnectionType.SingleShotConnection
        )
        qtbot.waitUntil(button.isEnabled)
        assert button.text() == "Replace in 3 recordings"
        assert dialog.list.topLevelItemCount() == 3
        assert [r.edit.after[0].text for r in dialog._found] == ["Herr Mayer"] * 3
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: any("Replaced in 3 recordings" in t for t in shown.notices.texts()))
        stored = [shown._studio.library.transcripts.get(job.transcript_id or 0) for job in jobs]
        assert [t.segments[0].text for t in stored if t] == ["Herr Mayer"] * 3

    def test_a_regular_expression_puts_its_groups_in(self, shown: MainWindow, qtbot: QtBot) -> None:
        jobs = [add(shown, f"{n}.wav", f"Herr Meier {n}", "a+b") for n in range(2)]
        shown._open(jobs[0])
        dialog = shown.desks.library.replace(r"(M\w+) (\d)")
        QTest.keyClicks(dialog.replacement, "$2 $1")
        qtbot.waitUntil(lambda: dialog._note.text() == "No transcript has this in it.")
        QTest.mouseClick(child(dialog, QCheckBox, "libraryRegexBox"), Qt.MouseButton.LeftButton)
        button = child(dialog, QPushButton, "libraryReplaceApplyButton")
        qtbot.waitUntil(lambda: button.text() == "Replace in 2 recordings")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: any("Replaced in 2 recordings" in t for t in shown.notices.texts()))
        stored = shown._studio.library.transcripts.get(jobs[1].transcript_id or 0)
        assert stored
        assert (shown.transcript_model.segment(0).text, stored.segments[0].text) == ("Herr 0 Meier", "Herr 1 Meier")

    @pytest.mark.parametrize(
        ("expression", "sentence"),
        [
            ("(Meier", "“(Meier” cannot be searched: a “(” has no “)”."),
            ("(a|aa)+$", "“(a|aa)+$” takes too long here. Write it in a simpler way."),
        ],
    )
    def test_an_expression_that_does_not_work_is_refused(
        self, shown: MainWindow, qtbot: QtBot, expression: str, sentence: str
    ) -> None:
        add(shown, "long.wav", "a" * 200 + "b")
        add(shown, "found.wav", "aa")
        dialog = shown.desks.library.replace(expression)
        child(dialog, QCheckBox, "libraryWholeWordBox").setChecked(False)
        child(dialog, QCheckBox, "libraryRegexBox").setChecked(True)
        qtbot.waitUntil(lambda: dialog._note.text() == sentence)
        assert dialog.list.topLevelItemCount() == 0
        assert not child(dialog, QPushButton, "libraryReplaceApplyButton").isEnabled()

    def test_where_it_stops_half_way_it_is_said_how_far_it_came(self, shown: MainWindow, qtbot: QtBot) -> None:
        old, _ = add(shown, "old.wav", "aa"), add(shown, "new.wav", "aa")
        dialog = shown.desks.library.replace("(a|aa)+$")
        child(dialog, QCheckBox, "libraryRegexBox").setChecked(True)
        button = child(dialog, QPushButton, "libraryReplaceApplyButton")
        qtbot.waitUntil(lambda: button.text() == "Replace in 2 recordings")
        slow = [Segment(0, 900, "a" * 200 + "b")]
        shown._studio.library.transcripts.replace(old.transcript_id or 0, slow, (), EngineInfo())
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        said = "“(a|aa)+$” takes too long here. Write it in a simpler way. Replaced in 1 recording."
        qtbot.waitUntil(lambda: any(t.startswith(said) for t in shown.notices.texts()))


class TestVersions:
    def names(self, window: MainWindow) -> list[str]:
        assert window.desk.job
        return [v.name for v in versions(window._studio, window.desk.job.transcript_id or 0)]

    def test_one_is_kept_when_editing_begins_and_before_large_steps(self, shown: MainWindow, qtbot: QtBot) -> None:
        shown._open(add(shown, "one.wav", *(f"text {n}" for n in range(LARGE))))
        segments = shown.desk.transcript.segments
        shown.desk.do(edits.set_text(segments[0], "other"))
        qtbot.waitUntil(lambda: self.names(shown) == ["As it was opened"])
        shown.desk.do(edits.set_text(segments[1], "other"))
        shown.desk.do(edits.flag(shown.desk.transcript.segments))
        qtbot.waitUntil(lambda: self.names(shown) == ["Before “flag”", "As it was opened"])
        shown.desk.do(split_off(shown.desk.transcript, [segments[0].id], "Anna"))
        qtbot.waitUntil(lambda: len(self.names(shown)) == 3)  # who speaks is not soon told anew
        first = versions(shown._studio, shown.desk.job.transcript_id or 0)[-1] if shown.desk.job else None
        assert first
        assert shown._studio.library.versions.content(first, shown.desk.transcript).segments == segments

    def test_go_back_by_keys_and_undo(self, shown: MainWindow, qtbot: QtBot) -> None:
        shown._open(add(shown, "one.wav", "first", "second"))
        shown.commands["saveVersionAction"].trigger()
        ask = child(shown, QInputDialog, "versionNameDialog")
        QTest.keyClicks(child(ask, QLineEdit), "good")
        QTest.keyClick(ask, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: "The version “good” is kept." in shown.notices.texts())
        shown.desk.do(edits.set_text(shown.transcript_model.segment(0), "worse"))
        qtbot.waitUntil(lambda: self.names(shown) == ["good"])  # as it was opened is the same as the named one
        shown.commands["versionsAction"].trigger()
        dialog = child(shown, VersionsDialog)
        restore = child(dialog, QPushButton, "versionRestoreButton")
        qtbot.waitUntil(restore.isEnabled)
        assert dialog.preview.model.rowCount() == 1
        QTest.keyClick(dialog, Qt.Key.Key_Return)
        assert shown.transcript_model.segment(0).text == "first"
        assert shown.commands["undoAction"].text() == "&Undo go back to “good”"
        shown.commands["undoAction"].trigger()
        assert shown.transcript_model.segment(0).text == "worse"

    def test_as_many_passages_are_said_as_are_shown(self, shown: MainWindow, qtbot: QtBot) -> None:
        shown._open(add(shown, "one.wav", *(f"text {n} of it" for n in range(6))))
        shown.desks.versions.save("good")
        qtbot.waitUntil(lambda: "The version “good” is kept." in shown.notices.texts())
        before = shown.desk.transcript.segments
        shown.desk.do(edits.merge(before[:3]))
        shown.desk.do(edits.split(before[4], 6, -9))
        dialog = shown.desks.versions.show()
        assert dialog
        tree = child(dialog, QTreeWidget, "versionList")
        qtbot.waitUntil(lambda: "passages" in tree.topLevelItem(0).text(2))
        said = tree.topLevelItem(0).text(2)
        assert said == f"{dialog.preview.model.rowCount()} passages" == "2 passages"

    def test_rename_and_delete(self, shown: MainWindow, qtbot: QtBot) -> None:
        shown._open(add(shown, "one.wav", "first"))
        shown.desks.versions.save("a")
        qtbot.waitUntil(lambda: "The version “a” is kept." in shown.notices.texts())
        dialog = shown.desks.versions.show()
        assert dialog
        QTest.keyClick(dialog.list, Qt.Key.Key_F2)
        field = child(dialog.list, QLineEdit)
        field.selectAll()
        QTest.keyClicks(field, "b")
        QTest.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: self.names(shown) == ["b"])
        qtbot.waitUntil(lambda: [v.name for v in dialog._versions] == ["b"])
        QTest.keyClick(dialog.list, Qt.Key.Key_Delete)
        assert self.names(shown) == []
        assert child(dialog, QTreeWidget, "versionList").topLevelItemCount() == 0
        assert not child(dialog, QPushButton, "versionRestoreButton").isEnabled()


class TestOpening:
    def test_dropped_subtitles_are_opened_and_offer_to_be_timed(
        self, shown: MainWindow, qtbot: QtBot, tone: Callable[[str], Path], tmp_path: Path
    ) -> None:
        recording = tone("talk.wav")
        file = tmp_path / "talk.srt"
        file.write_text(SRT.replace("00:00:00,450", "00:00:00,350"), "utf-8")
        drop(shown, file)
        qtbot.waitUntil(lambda: shown.desk.job is not None and shown.desk.job.name == "talk.srt")
        assert shown.desk.recording() == recording
        assert [s.text for s in shown.transcript_model.segments()] == ["Hallo Meier", "Bye"]
        press_notice(shown, "Show")
        assert "ine 6" in child(shown, WarningsDialog).findChildren(QWidget, "warningLines")[0].property("plainText")
        child(shown, WarningsDialog).accept()
        press_notice(shown, "Re-time to the speech")
        dialog = child(shown, RetimeDialog)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()
        assert len(shown._studio.library.jobs.all()) == 1

    def test_without_a_recording_it_can_be_edited(self, shown: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
        file = tmp_path / "alone.srt"
        file.write_text(SRT, "utf-8")
        shown.add([file])
        qtbot.waitUntil(lambda: any("No recording lies beside “alone.srt”" in t for t in shown.notices.texts()))
        shown.desk.do(edits.set_text(shown.transcript_model.segment(0), "Edited"))
        assert shown.transcript_model.segment(0).text == "Edited"
        shown.commands["alignAction"].trigger()
        assert any("has no recording yet" in t for t in shown.notices.texts())

    def test_opened_again_it_is_the_one_that_is_there(self, shown: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
        file = tmp_path / "alone.srt"
        file.write_text(SRT, "utf-8")
        shown.add([file])
        qtbot.waitUntil(lambda: shown.desk.job is not None and shown.desk.job.name == "alone.srt")
        shown.desk.do(edits.set_text(shown.transcript_model.segment(0), "Mine"))
        shown.add([file])
        qtbot.waitUntil(lambda: any("“alone.srt” was opened before. It is shown" in t for t in shown.notices.texts()))
        assert shown.transcript_model.segment(0).text == "Mine"
        file.write_text(SRT.replace("Bye", "See you"), "utf-8")
        drop(shown, file)
        qtbot.waitUntil(lambda: any("The file was changed since" in t for t in shown.notices.texts()))
        assert len(shown._studio.library.jobs.all()) == 1
        press_notice(shown, "Open the changed file")
        qtbot.waitUntil(lambda: len(shown._studio.library.jobs.all()) == 2)
        qtbot.waitUntil(lambda: shown.transcript_model.segment(1).text == "See you")

    def test_a_malformed_file_is_refused_in_one_sentence(self, shown: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
        file = tmp_path / "bad.srt"
        file.write_text("1\nnever\nText\n", "utf-8")
        shown.add([file])
        qtbot.waitUntil(lambda: any(t.startswith("“bad.srt” cannot be read. Line") for t in shown.notices.texts()))
        assert shown._studio.library.jobs.all() == []


class TestLostRecordings:
    def test_a_moved_recording_is_offered_and_used(
        self, shown: MainWindow, qtbot: QtBot, tone: Callable[[str], Path], tmp_path: Path
    ) -> None:
        path = tone("work/talk.wav")
        job = add(shown, "talk.wav", "text", path=path)
        target = tmp_path / "moved.wav"
        shutil.move(path, target)
        shown._open(job)
        qtbot.waitUntil(lambda: any("is not where it was. It lies in" in t for t in shown.notices.texts()))
        press_notice(shown, "Use it")
        assert shown.desk.recording() == target
        assert shown.playback._recording_is_there()

    def test_another_recording_of_that_name_is_used_only_when_asked(
        self, shown: MainWindow, qtbot: QtBot, tone: Callable[[str], Path]
    ) -> None:
        path = tone("work/talk.wav")
        job = add(shown, "talk.wav", "text", path=path)
        shutil.copy(tone("else/where/other.wav"), path)
        shown._open(job)
        qtbot.waitUntil(lambda: any("is another recording than" in t for t in shown.notices.texts()))
        press_notice(shown, "Use it anyway")
        assert shown.desk.job
        assert shown.desk.job.content_id == media.fingerprint(path)
        assert any("It is noted" in t for t in shown.notices.texts())

    def test_a_missing_one_is_said_and_found_by_hand(
        self, shown: MainWindow, qtbot: QtBot, tone: Callable[[str], Path], tmp_path: Path
    ) -> None:
        path = tone("a/b/c/d/talk.wav")
        job = add(shown, "talk.wav", "text", path=path)
        target = tmp_path / "x/y/z/talk.wav"
        target.parent.mkdir(parents=True)
        shutil.move(path, target)
        shown._open(job)
        qtbot.waitUntil(lambda: any("You can edit all the same" in t for t in shown.notices.texts()))
        shown.desk.do(edits.set_text(shown.transcript_model.segment(0), "Edited"))
        shown.desks.recording.look_in(job, tmp_path / "x")
        qtbot.waitUntil(lambda: shown.desk.job is not None and shown.desk.job.path == str(target))
        assert shown.transcript_model.segment(0).text == "Edited"


@pytest.mark.slow
def test_opened_subtitles_are_timed_by_the_speech(
    shown: MainWindow, qtbot: QtBot, weights: Callable[[str], Path], tmp_path: Path
) -> None:
    models = shown._studio.home.models
    models.mkdir(exist_ok=True)
    (models / "whisper-tiny.en").symlink_to(weights("whisper-tiny.en"))
    turns = json.loads(resource("sample.json").read_text("utf-8"))["turns"][:3]
    sound, rate = soundfile.read(resource("sample.ogg"))
    soundfile.write(tmp_path / "talk.wav", sound[: round((turns[-1]["end"] + 0.2) * rate)], rate)
    late = [Segment(round(1000 * t["start"]) + 9_000, round(1000 * t["end"]) + 9_000, t["text"]) for t in turns]
    file = tmp_path / "talk.srt"
    file.write_text(str(FORMATS["srt"].write(Transcript(tuple(late)), WriteOptions())), "utf-8")
    shown.add([file])
    qtbot.waitUntil(lambda: shown.transcript_model.rowCount() > 0)
    before = shown.transcript_model.segment(0)
    dialog = shown.desks.opening.align()
    assert dialog
    dialog._model.setCurrentIndex(dialog._model.findData("whisper-tiny.en"))
    press(dialog, "retimeStartButton")
    qtbot.waitUntil(lambda: dialog.preview.model.rowCount() > 0, timeout=120_000)
    assert shown.transcript_model.segment(0) == before
    press(dialog, "retimeApplyButton")
    after = shown.transcript_model.segment(0)
    assert after.text == before.text
    assert abs(after.start - 1000 * turns[0]["start"]) < 1_000
    assert shown.commands["undoAction"].text() == "&Undo re-time by the speech"
    shown.commands["undoAction"].trigger()
    assert shown.transcript_model.segment(0) == before
