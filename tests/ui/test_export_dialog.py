"""The export dialog: it collects what is wished, shows what it will look like, and asks before it replaces."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton

from studio.core.cues import CueRules
from studio.formats import WriteOptions
from studio.services.export import IfExists
from studio.ui.dialogs.export_dialog import ExportDialog
from studio.ui.dialogs.export_options import ExportRequest
from studio.ui.dialogs.export_preview import ExportPreview

FORMATS = [("txt", "Text", ".txt"), ("srt", "SubRip", ".srt"), ("vtt", "WebVTT", ".vtt")]


@pytest.fixture
def dialog(qtbot, tmp_path) -> ExportDialog:
    def preview(format_id: str, options: WriteOptions) -> str:
        return f"{format_id}, {options.rules.max_line} wide, names {options.speaker_names}"

    dialog = ExportDialog(FORMATS, tmp_path, "Gespräch", preview)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def part(dialog: ExportDialog, kind: type, name: str):
    found = dialog.findChild(kind, name)
    assert found is not None, name
    return found


def press(qtbot, dialog: ExportDialog, name: str) -> None:
    button = part(dialog, QAbstractButton, name)
    where = QPoint(10, button.height() // 2)  # a check box takes clicks on its box and words only
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=where)


def shown(dialog: ExportDialog) -> str:
    return dialog.findChild(ExportPreview)._text.toPlainText()


def test_starts_with_one_format_and_the_usual_rules(dialog, tmp_path):
    assert dialog.request() == ExportRequest(
        ("txt",), tmp_path, "Gespräch", WriteOptions(CueRules(), "change"), IfExists.REFUSE
    )


def test_everything_chosen_is_in_the_request(dialog, qtbot):
    press(qtbot, dialog, "format_vtt")
    part(dialog, QComboBox, "speakerNamesBox").setCurrentText("Never")
    part(dialog, QComboBox, "ifThereBox").setCurrentText("keep both")
    for name, value in (("maxLineSpin", 37), ("maxLinesSpin", 1), ("maxSpeedSpin", 17), ("gapSpin", 4)):
        part(dialog, QAbstractSpinBox, name).setValue(value)
    part(dialog, QAbstractSpinBox, "minDurationSpin").setValue(1.2)
    part(dialog, QAbstractSpinBox, "maxDurationSpin").setValue(6)
    part(dialog, QLineEdit, "exportNameField").setText("  三宝垄 neu ")
    dialog.set_folder(Path("/tmp/Ausgabe"))
    rules = CueRules(max_lines=1, max_line=37, min_duration=1200, max_duration=6000, max_cps=17.0, gap_frames=4)
    with qtbot.waitSignal(dialog.export_requested) as wished:
        press(qtbot, dialog, "exportRunButton")
    assert wished.args == [
        ExportRequest(
            ("txt", "vtt"), Path("/tmp/Ausgabe"), "三宝垄 neu", WriteOptions(rules, "never"), IfExists.KEEP_BOTH
        )
    ]


def test_the_preview_follows_the_choices(dialog, qtbot):
    qtbot.waitUntil(lambda: shown(dialog) == "txt, 42 wide, names change")
    press(qtbot, dialog, "format_srt")
    press(qtbot, dialog, "previewTab_srt")
    part(dialog, QAbstractSpinBox, "maxLineSpin").setValue(30)
    qtbot.waitUntil(lambda: shown(dialog) == "srt, 30 wide, names change")
    press(qtbot, dialog, "format_srt")
    qtbot.waitUntil(lambda: shown(dialog) == "txt, 30 wide, names change")


@pytest.mark.parametrize("name", ["", "   ", "a/b", "wer?"])
def test_a_bad_name_cannot_be_exported_and_says_why(dialog, name):
    part(dialog, QLineEdit, "exportNameField").setText(name)
    assert not part(dialog, QPushButton, "exportRunButton").isEnabled()
    assert part(dialog, QLabel, "exportNameWrong").isVisible()
    part(dialog, QLineEdit, "exportNameField").setText("gut")
    assert part(dialog, QPushButton, "exportRunButton").isEnabled()


def test_without_a_format_there_is_nothing_to_do(dialog, qtbot):
    press(qtbot, dialog, "format_txt")
    button = part(dialog, QPushButton, "exportRunButton")
    assert not button.isEnabled()
    assert button.toolTip() == "Tick at least one format first"
    qtbot.waitUntil(lambda: shown(dialog) == "")


@pytest.mark.parametrize(
    ("button", "answer"),
    [("exportKeepBothButton", IfExists.KEEP_BOTH), ("exportReplaceButton", IfExists.REPLACE)],
)
def test_a_file_that_is_there_is_asked_about(dialog, qtbot, button, answer):
    dialog.set_conflicts(["Gespräch.txt", "Gespräch.srt"])
    words = part(dialog, QLabel, "exportNoticeText").text()
    assert words == "“Gespräch.txt” and 1 more: already in this folder. Nothing was written yet."
    with qtbot.waitSignal(dialog.export_requested) as wished:
        press(qtbot, dialog, button)
    assert wished.args[0].if_exists is answer
    part(dialog, QLineEdit, "exportNameField").setText("anders")
    assert not part(dialog, QLabel, "exportNoticeText").isVisible(), "another name is another question"


def test_a_failure_is_said_and_the_choices_stay(dialog, qtbot):
    dialog.set_failed("“Gespräch.txt” could not be written: the disk is full.")
    assert part(dialog, QLabel, "exportNoticeText").text().endswith("the disk is full.")
    assert not part(dialog, QPushButton, "exportReplaceButton").isVisible()
    assert dialog.isVisible()
    assert part(dialog, QPushButton, "exportRunButton").isEnabled()


def test_copy_asks_for_the_format_on_show(dialog, qtbot):
    press(qtbot, dialog, "format_srt")
    press(qtbot, dialog, "previewTab_srt")
    with qtbot.waitSignal(dialog.copy_requested) as wished:
        press(qtbot, dialog, "exportCopyButton")
    assert wished.args == ["srt", WriteOptions()]


def test_the_longest_subtitle_is_never_shorter_than_the_shortest(dialog):
    part(dialog, QAbstractSpinBox, "minDurationSpin").setValue(9)
    rules = dialog.request().options.rules
    assert rules.max_duration >= rules.min_duration


def test_every_control_has_a_name_and_says_it(dialog):
    controls = [w for kind in (QAbstractButton, QAbstractSpinBox, QComboBox) for w in dialog.findChildren(kind)]
    own = [w for w in controls if not w.objectName().startswith("qt_")]
    assert len(own) > 12
    assert [w for w in own if not (w.objectName() and w.accessibleName())] == []
    assert all(box.text() for box in dialog.findChildren(QCheckBox))


def test_esc_closes_without_writing(dialog, qtbot):
    with qtbot.assertNotEmitted(dialog.export_requested), qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
