"""The export dialog: it collects what is wished, shows what it will look like, and asks before it replaces."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.core.profiles import PROFILES, CueRules
from studio.core.transcript import Transcript
from studio.formats import FORMATS, WriteOptions
from studio.services.export import BrokenRules, IfExists, TextStyle
from studio.services.file_names import file_stem
from studio.ui.dialogs.export_dialog import ExportDialog
from studio.ui.dialogs.export_options import ExportRequest
from studio.ui.dialogs.export_preview import ExportPreview
from studio.ui.widgets.sign import Sign

SOME = [FORMATS[id] for id in ("srt", "vtt", "txt", "docx", "json", "csv")]


@pytest.fixture
def dialog(qtbot, tmp_path) -> ExportDialog:
    def preview(format_id: str, request: ExportRequest, place: int) -> str:
        options = request.options
        return f"{format_id}, {options.rules.max_line} wide, names {options.speaker_names}, from {place}"

    def stem_of(template: str, folder: Path) -> str:
        return file_stem(template, Transcript(language="de"), name="Rede", version=3)

    dialog = ExportDialog(
        SOME, tmp_path, "Gespräch", stem_of, preview, count=12, selected=(4, 5), beside=tmp_path.parent
    )
    dialog.set_chosen(["txt"])
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
    part(dialog, QComboBox, "rangeBox").setCurrentIndex(1)
    part(dialog, QComboBox, "encodingBox").setCurrentText("Windows-1252")
    part(dialog, QComboBox, "lineEndBox").setCurrentText("Windows")
    for box in ("recutBox", "withoutNotesBox", "fromZeroBox", "openFolderBox"):
        press(qtbot, dialog, box)
    rules = CueRules(max_lines=1, max_line=37, min_duration=1200, max_duration=6000, max_cps=17.0, gap_frames=4)
    with qtbot.waitSignal(dialog.export_requested) as wished:
        press(qtbot, dialog, "exportRunButton")
    assert wished.args == [
        ExportRequest(
            ("vtt", "txt"),
            Path("/tmp/Ausgabe"),
            "三宝垄 neu",
            WriteOptions(rules, "never", recut=False, notes=True),
            IfExists.KEEP_BOTH,
            TextStyle("cp1252", "\r\n"),
            (4, 5),
            from_zero=True,
            open_folder=True,
        )
    ]


def test_the_preview_follows_the_choices(dialog, qtbot):
    qtbot.waitUntil(lambda: shown(dialog) == "txt, 42 wide, names change, from 0")
    press(qtbot, dialog, "format_srt")
    press(qtbot, dialog, "previewTab_srt")
    part(dialog, QAbstractSpinBox, "maxLineSpin").setValue(30)
    qtbot.waitUntil(lambda: shown(dialog) == "srt, 30 wide, names change, from 0")
    press(qtbot, dialog, "format_srt")
    qtbot.waitUntil(lambda: shown(dialog) == "txt, 30 wide, names change, from 0")


@pytest.mark.parametrize("name", ["", "   ", "a/b", "wer?", "{nmae}", "{date}"])
def test_a_bad_name_cannot_be_exported_and_says_why(dialog, name):
    part(dialog, QLineEdit, "exportNameField").setText(name)
    assert not part(dialog, QPushButton, "exportRunButton").isEnabled()
    wrong = part(dialog, QLabel, "exportNameWrong")
    sign = wrong.parentWidget().findChild(Sign)
    assert (wrong.isVisible(), sign.isVisible()) == (True, True)
    assert wrong.height() >= wrong.heightForWidth(wrong.width()), "all of it is seen"
    part(dialog, QLineEdit, "exportNameField").setText("gut")
    assert not sign.isVisible()
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
    format, request = wished.args
    assert (format, request.options) == ("srt", WriteOptions())


def test_the_longest_subtitle_is_never_shorter_than_the_shortest(dialog):
    part(dialog, QAbstractSpinBox, "minDurationSpin").setValue(9)
    rules = dialog.request().options.rules
    assert rules.max_duration >= rules.min_duration


def test_formats_stand_in_their_groups(dialog):
    headings = [label.text() for label in dialog.findChildren(QLabel) if label.property("role") == "section"]
    assert headings[:3] == ["Subtitles", "Text", "Data"]


def test_a_preset_fills_the_fields_and_a_change_makes_own_rules(dialog):
    preset = part(dialog, QComboBox, "presetBox")
    bbc = preset.findText("BBC")
    preset.setCurrentIndex(bbc)
    preset.activated.emit(bbc)
    assert dialog.request().options.rules == PROFILES["bbc"].rules
    assert part(dialog, QAbstractSpinBox, "maxLineSpin").value() == 37
    part(dialog, QAbstractSpinBox, "maxLineSpin").setValue(36)
    assert preset.currentText() == "My own"
    preset.setCurrentIndex(bbc)
    preset.activated.emit(bbc)
    own = preset.findText("My own")
    preset.setCurrentIndex(own)
    preset.activated.emit(own)
    assert dialog.request().options.rules.max_line == 36, "own rules are not forgotten"


def test_all_presets_come_through_the_fields_unchanged(dialog):
    preset = part(dialog, QComboBox, "presetBox")
    for profile in PROFILES.values():
        at = preset.findText(profile.title)
        preset.setCurrentIndex(at)
        preset.activated.emit(at)
        speed = part(dialog, QAbstractSpinBox, "maxSpeedSpin")
        speed.setValue(speed.value() + 1)
        speed.setValue(speed.value() - 1)
        assert dialog.request().options.rules == profile.rules
        assert preset.currentText() == profile.title


def test_the_name_may_have_placeholders(dialog):
    field = part(dialog, QLineEdit, "exportNameField")
    field.clear()
    entries = part(dialog, QToolButton, "placeholderButton").menu().actions()
    for word in ("name", "language", "version"):
        next(e for e in entries if e.text().startswith(f"{{{word}}}")).trigger()
    assert field.text() == "{name}{language}{version}"
    field.setText("{name}_{language}_{version}")
    assert part(dialog, QLabel, "exportFiles").text() == "Rede_de_v3.txt"
    assert dialog.request().stem == "Rede_de_v3"
    assert dialog.template == "{name}_{language}_{version}"


def test_only_what_matters_for_the_formats_can_be_changed(dialog):
    def enabled() -> tuple[bool, bool, bool]:
        boxes = [(QComboBox, "presetBox"), (QCheckBox, "recutBox"), (QComboBox, "encodingBox")]
        return tuple(part(dialog, kind, name).isEnabled() for kind, name in boxes)

    assert enabled() == (False, False, True)
    dialog.set_chosen(["docx"])
    assert enabled() == (False, False, False)
    dialog.set_chosen(["docx", "srt"])
    assert enabled() == (True, True, True)
    assert not part(dialog, QCheckBox, "fromZeroBox").isEnabled(), "the whole file begins at zero anyway"


def test_documents_are_previewed_as_text_and_many_formats_in_a_list(dialog, qtbot):
    dialog.set_chosen(["docx"])
    qtbot.waitUntil(lambda: shown(dialog).startswith("docx"))
    assert "Preview as text" in [label.text().replace("&", "") for label in dialog.findChildren(QLabel)]
    box = part(dialog, QComboBox, "previewBox")
    assert not box.isVisible()
    dialog.set_chosen([f.id for f in SOME])
    assert box.isVisible()
    box.setCurrentIndex(5)
    box.activated.emit(5)
    qtbot.waitUntil(lambda: shown(dialog).startswith("csv"))


def test_rules_that_stay_broken_are_said_and_shown(dialog, qtbot):
    dialog.set_broken(BrokenRules(3, (("too fast", 2), ("gap", 2), ("overlap", 1)), (7, 11)))
    notice = part(dialog, QLabel, "brokenNoticeText")
    assert notice.text() == "3 cues still break the rules: 2 too fast, 2 gaps, 1 overlap. You can export anyway."
    for place in (7, 11, 7):
        press(qtbot, dialog, "showBrokenButton")
        assert shown(dialog).endswith(f"from {place}")
    dialog.set_broken(BrokenRules())
    assert not notice.isVisible()


def test_the_owner_hears_of_changes_a_moment_later(dialog, qtbot):
    with qtbot.waitSignal(dialog.changed):
        part(dialog, QAbstractSpinBox, "maxLineSpin").setValue(30)


def test_a_folder_beside_the_recording_is_called_so(dialog, tmp_path):
    button = part(dialog, QPushButton, "exportFolderButton")
    assert button.text() != "Next to the recording"
    dialog.set_folder(tmp_path.parent)
    assert button.text() == "Next to the recording"


def test_every_control_has_a_name_and_says_it(dialog):
    controls = [w for kind in (QAbstractButton, QAbstractSpinBox, QComboBox) for w in dialog.findChildren(kind)]
    own = [w for w in controls if not w.objectName().startswith("qt_")]
    assert len(own) > 12
    assert [w for w in own if not (w.objectName() and w.accessibleName())] == []
    assert all(box.text() for box in dialog.findChildren(QCheckBox))


def test_esc_closes_without_writing(dialog, qtbot):
    with qtbot.assertNotEmitted(dialog.export_requested), qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


class TestKeys:
    @pytest.fixture
    def active(self, dialog: ExportDialog, qtbot: QtBot) -> ExportDialog:
        dialog.activateWindow()
        qtbot.waitUntil(lambda: dialog.focusWidget() is not None and dialog.focusWidget().hasFocus())
        return dialog

    def press(self, qtbot: QtBot, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> str:
        qtbot.keyClick(QApplication.focusWidget(), key, modifiers)
        return QApplication.focusWidget().objectName()

    def test_one_begins_at_the_formats_which_are_one_stop(self, active: ExportDialog, qtbot: QtBot) -> None:
        assert QApplication.focusWidget().objectName() == "format_srt"
        assert self.press(qtbot, Qt.Key.Key_Down) == "format_vtt"
        assert self.press(qtbot, Qt.Key.Key_End) == "format_csv"
        assert self.press(qtbot, Qt.Key.Key_Down) == "format_srt"
        self.press(qtbot, Qt.Key.Key_Down)
        self.press(qtbot, Qt.Key.Key_Space)
        assert active.chosen() == ["vtt", "txt"]
        assert self.press(qtbot, Qt.Key.Key_Tab) == "rangeBox"
        assert self.press(qtbot, Qt.Key.Key_Backtab) == "format_vtt", "where it was left"

    def test_the_order_is_that_of_reading(self, active: ExportDialog, qtbot: QtBot) -> None:
        names = [QApplication.focusWidget().objectName()]
        while len(names) < 40 and (len(names) == 1 or names[-1] != names[0]):
            names.append(self.press(qtbot, Qt.Key.Key_Tab))
        assert names == [
            *("format_srt", "rangeBox", "speakerNamesBox", "withoutNotesBox", "encodingBox", "lineEndBox"),
            *(
                "previewTab_txt",
                "exportPreview",
                "exportNameField",
                "placeholderButton",
                "exportFolderButton",
                "ifThereBox",
            ),
            *("exportCopyButton", "openFolderBox", "exportCancelButton", "exportRunButton", "format_srt"),
        ]
        assert self.press(qtbot, Qt.Key.Key_Backtab) == "exportRunButton"

    def test_F6_goes_from_part_to_part(self, active: ExportDialog, qtbot: QtBot) -> None:
        found = [self.press(qtbot, Qt.Key.Key_F6) for _ in range(5)]
        assert found == ["rangeBox", "previewTab_txt", "exportNameField", "exportCopyButton", "format_srt"]
        assert self.press(qtbot, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier) == "exportCopyButton"

    def test_letters_lead_to_the_fields_and_none_to_two(self, active: ExportDialog, qtbot: QtBot) -> None:
        active.set_chosen(["srt", "txt"])
        words = [*active.findChildren(QLabel), *active.findChildren(QAbstractButton)]
        letters = [w.text()[w.text().index("&") + 1].lower() for w in words if "&" in w.text()]
        assert len(letters) == len(set(letters)) > 18
        for letter, name in (("R", "rangeBox"), ("G", "gapSpin"), ("N", "exportNameField"), ("T", "format_srt")):
            assert self.press(qtbot, getattr(Qt.Key, f"Key_{letter}"), Qt.KeyboardModifier.AltModifier) == name

    def test_enter_exports_from_wherever_one_is(self, active: ExportDialog, qtbot: QtBot) -> None:
        for name in ("format_txt", "exportNameField", "withoutNotesBox"):
            part(active, QWidget, name).setFocus()
            with qtbot.waitSignal(active.export_requested):
                qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
