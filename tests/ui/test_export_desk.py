"""From the dialog to the files: the export desk with a real studio."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget
from talks import job, talk

from studio.core.transcript import Segment
from studio.library import Home
from studio.resources import resource
from studio.services.export import IfExists
from studio.services.studio import Studio
from studio.ui.desks.export_desk import ExportDesk
from studio.ui.dialogs.export_dialog import ExportDialog
from studio.ui.workers import Task


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    studio = Studio.open(Home(tmp_path / "home").prepared())
    yield studio
    studio.close()


@pytest.fixture
def window(qtbot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def desk(window: QWidget, studio: Studio) -> Iterator[ExportDesk]:
    desk = ExportDesk(studio, window)
    yield desk
    for task in desk.findChildren(Task):
        task.shut_down()


def recording(tmp_path: Path):
    """A job on a file that was recorded on the 2nd of January 2026."""
    file = tmp_path / "Gespräch.wav"
    file.touch()
    os.utime(file, (1_767_355_200, 1_767_355_200))
    return replace(job(1), path=str(file), name=file.name)


def opened(desk: ExportDesk, window: QWidget, tmp_path: Path, selected=(), transcript=None) -> ExportDialog:
    return desk.open(window, recording(tmp_path), transcript or talk(6), selected)


def write(qtbot, desk: ExportDesk, dialog: ExportDialog, if_exists: IfExists | None = None) -> str:
    with qtbot.waitSignal(desk.notice, timeout=10_000) as told:
        dialog.export_requested.emit(dialog.request(if_exists))
    return told.args[1]


def test_the_files_lie_beside_the_recording_and_choices_are_remembered(qtbot, desk, window, tmp_path, studio):
    dialog = opened(desk, window, tmp_path)
    dialog.set_chosen(["srt", "docx"])
    dialog._target._name.setText("{name}_{date}_{version}")
    assert dialog.request().stem == "Gespräch_2026-01-02_v1"
    assert write(qtbot, desk, dialog) == f"2 files written to “{tmp_path}”."
    assert (tmp_path / "Gespräch_2026-01-02_v1.docx").stat().st_size > 10_000
    again = opened(desk, window, tmp_path)
    assert (again.chosen(), again.template) == (["srt", "docx"], "{name}_{date}_{version}")
    assert again.request().stem == "Gespräch_2026-01-02_v2"
    assert again.request().folder == tmp_path
    assert studio.library.settings.get("export_folder") == "", "the next recording may lie elsewhere"


def test_the_text_of_the_sample_does_not_go_into_the_folder_of_the_program(desk, window):
    sample = resource("sample.ogg")
    dialog = desk.open(window, replace(job(1), path=str(sample), name=sample.name), talk(6))
    assert dialog.request().folder == Path.home()


def test_a_selection_is_exported_alone(qtbot, desk, window, tmp_path):
    dialog = opened(desk, window, tmp_path, selected=(2, 3))
    dialog.set_chosen(["md"])
    dialog._form._range.setCurrentIndex(1)
    write(qtbot, desk, dialog)
    text = (tmp_path / "Gespräch.md").read_text("utf-8")
    assert text.count("\n**") == 2
    assert "**Date:** 2 January 2026" in text
    assert "(0:00:10): Honestly?" in text


def test_files_that_are_there_are_asked_about_first(qtbot, desk, window, tmp_path):
    (tmp_path / "Gespräch.txt").write_text("mine")
    dialog = opened(desk, window, tmp_path)
    dialog.set_chosen(["txt"])
    dialog.export_requested.emit(dialog.request())
    assert "already in this folder" in dialog.findChild(QLabel, "exportNoticeText").text()
    assert dialog.isVisible()
    write(qtbot, desk, dialog, IfExists.KEEP_BOTH)
    assert (tmp_path / "Gespräch.txt").read_text() == "mine"
    assert "Husum" in (tmp_path / "Gespräch (2).txt").read_text("utf-8")
    assert not dialog.isVisible()


def test_what_cannot_be_written_is_said_in_the_dialog(qtbot, desk, window, tmp_path):
    nobody = talk(0).with_segments((Segment(0, 1000, "Hello.", id=1),))
    dialog = opened(desk, window, tmp_path, transcript=nobody)
    dialog.set_chosen(["txt", "rttm"])
    dialog.export_requested.emit(dialog.request())
    words = dialog.findChild(QLabel, "exportNoticeText")
    qtbot.waitUntil(lambda: "does not say who speaks" in words.text())
    assert dialog.isVisible()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["Gespräch.wav", "home"]


def test_the_dialog_learns_which_rules_stay_broken(qtbot, desk, window, tmp_path):
    dialog = opened(desk, window, tmp_path)
    words = dialog.findChild(QLabel, "brokenNoticeText")
    qtbot.waitUntil(lambda: "too fast" in words.text())
    dialog.set_chosen(["pdf"])
    qtbot.waitUntil(lambda: not words.isVisible())


def test_the_clipboard_gets_the_whole_text(qtbot, desk, window, tmp_path):
    dialog = opened(desk, window, tmp_path, transcript=talk(100))
    with qtbot.waitSignal(desk.notice):
        dialog.copy_requested.emit("txt", dialog.request())
    assert QGuiApplication.clipboard().text().count("Husum") == 20
    QGuiApplication.clipboard().clear()
    dialog.reject()


def test_the_rules_that_files_were_written_by_are_told(qtbot, desk, window, tmp_path):
    dialog = opened(desk, window, tmp_path)
    dialog.set_chosen(["srt"])
    with qtbot.waitSignal(desk.rules_chosen, timeout=10_000) as told:
        write(qtbot, desk, dialog)
    assert told.args == [dialog.request().options.rules]
