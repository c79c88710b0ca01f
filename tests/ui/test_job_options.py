"""The options of the next job: shown as they are, given back as chosen."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from studio.core.jobs import DecodeOptions, JobOptions
from studio.ui.dialogs.job_options_dialog import JobOptionsDialog
from studio.ui.window.next_job import NextJob

CHOSEN = JobOptions(
    "whisper-tiny", "de", "translate", "3", "cpu", "Jörg, Semarang", 2, clean=True,
    decode=DecodeOptions(beam_size=2, vad=False, vad_threshold=0.3, prompt="Moin.", condition_on_previous_text=False),
)  # fmt: skip


def test_what_is_chosen_comes_back(qtbot: QtBot) -> None:
    dialog = JobOptionsDialog(CHOSEN)
    qtbot.addWidget(dialog)
    assert dialog.options() == CHOSEN


def test_changes_are_taken_and_can_be_reset(qtbot: QtBot) -> None:
    dialog = JobOptionsDialog(JobOptions())
    qtbot.addWidget(dialog)
    dialog.findChild(QComboBox, "taskBox").setCurrentIndex(1)
    dialog.findChild(QLineEdit, "vocabularyField").setText(" Küste ")
    dialog.findChild(QSpinBox, "beamSpin").setValue(1)
    dialog.findChild(QCheckBox, "vadBox").setChecked(False)
    assert dialog.options() == JobOptions(
        task="translate", vocabulary="Küste", decode=DecodeOptions(beam_size=1, vad=False)
    )
    dialog.findChild(QPushButton, "optionsRestoreDefaultsButton").click()
    assert dialog.options() == JobOptions()


def test_cleaning_is_off_and_says_what_it_costs(qtbot: QtBot) -> None:
    dialog = JobOptionsDialog(JobOptions())
    qtbot.addWidget(dialog)
    box = dialog.findChild(QCheckBox, "cleanBox")
    assert not box.isChecked()
    assert "It can cost words" in box.accessibleDescription()
    box.setChecked(True)
    assert dialog.options() == JobOptions(clean=True)


def test_the_tool_bar_keeps_what_has_no_selector(qtbot: QtBot) -> None:
    chooser = NextJob(CHOSEN)
    qtbot.addWidget(chooser)
    assert chooser.options() == CHOSEN
    with qtbot.waitSignal(chooser.changed):
        chooser.findChild(QComboBox, "nextLanguage").setCurrentIndex(0)
    assert chooser.options().language == "auto"
    assert chooser.options().vocabulary == CHOSEN.vocabulary


def test_options_survive_json_and_other_versions() -> None:
    assert JobOptions.from_dict(CHOSEN.as_dict()) == CHOSEN
    assert JobOptions.from_dict({"model": "m", "gone": 1, "decode": {"beam_size": 3, "new": True}}) == JobOptions(
        "m", decode=DecodeOptions(beam_size=3)
    )
