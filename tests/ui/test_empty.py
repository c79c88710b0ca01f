"""The first page."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.ui import theme
from studio.ui.widgets.tag import Tag
from studio.ui.window.empty import EmptyPage


@pytest.fixture
def page(qapp: QApplication, qtbot: QtBot) -> EmptyPage:
    theme.current().apply(qapp)
    theme.current().set_mode("light")
    page = EmptyPage()
    qtbot.addWidget(page)
    page.resize(900, 700)
    page.show()
    return page


@pytest.mark.parametrize(
    ("button", "signal"),
    [
        ("chooseFilesButton", "choose_files"),
        ("trySampleButton", "try_sample"),
        ("emptyAccountsButton", "show_accounts"),
    ],
)
def test_its_buttons_ask(page: EmptyPage, qtbot: QtBot, button: str, signal: str) -> None:
    with qtbot.waitSignal(getattr(page, signal)) as asked:
        QTest.mouseClick(page.findChild(QWidget, button), Qt.MouseButton.LeftButton)
    assert asked.args == []


def test_it_does_not_claim_a_model_that_is_not_there(page: EmptyPage) -> None:
    tag = page.findChild(QWidget, "modelTag")
    assert tag.accessibleName() == "Model is on this computer"
    page.set_place("", ready=False)
    assert tag.accessibleName() == "The model is fetched once, then stays"
    assert tag.grab().toImage().pixelColor(3, 9) == theme.current().color("info_fill")


def test_it_does_not_promise_that_nothing_is_uploaded_when_a_vendor_is_chosen(page: EmptyPage) -> None:
    page.set_place("Work", ready=False)
    shown = [tag.accessibleName() for tag in page.findChildren(Tag) if tag.isVisible()]
    assert shown == ["The sound goes to Work"]
    page.set_place("", ready=True)
    shown = [tag.accessibleName() for tag in page.findChildren(Tag) if tag.isVisible()]
    assert shown == ["Model is on this computer", "No account needed", "Nothing is uploaded"]


def test_the_zone_lights_up_while_files_are_held_over_it(page: EmptyPage) -> None:
    zone = page.findChild(QWidget, "dropZone")
    assert zone.grab().toImage().pixelColor(20, 20) == theme.current().color("raised")
    page.set_drop_active(True)
    assert zone.grab().toImage().pixelColor(20, 20) == theme.current().color("sel")
    page.set_drop_active(False)
    assert zone.grab().toImage().pixelColor(20, 20) == theme.current().color("raised")


@pytest.mark.parametrize("width", [520, 900, 1600])
@pytest.mark.parametrize("height", [300, 640])
def test_nothing_is_cut_off_or_covered(page: EmptyPage, width: int, height: int) -> None:
    page.resize(width, height)
    QApplication.processEvents()
    body = page.findChild(QWidget, "emptyBody")  # it scrolls
    assert body.width() <= page.width()
    for widget in body.findChildren(QWidget):
        if widget.isVisible():
            assert widget.parentWidget().rect().contains(widget.geometry()), widget.accessibleName()
    assert page.findChild(QWidget, "dropZone").geometry().bottom() < page.findChild(QWidget, "sampleCard").y()
