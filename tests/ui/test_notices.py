"""The notice bar: what is shown, what leaves, what it must never do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from talks import open_talk

from studio.ui import theme
from studio.ui.notices import STAY, Notice, NoticeBar
from studio.ui.window.main_window import MainWindow


@pytest.fixture
def bar(qapp: QApplication, qtbot: QtBot) -> Iterator[NoticeBar]:
    theme.current().apply(qapp)
    theme.current().set_mode("light")
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(QLineEdit())
    column.addStretch(1)
    bar = NoticeBar()
    column.addWidget(bar)
    qtbot.addWidget(page)
    page.resize(700, 400)
    with qtbot.waitExposed(page):
        page.show()
    QTest.mouseMove(page.findChild(QLineEdit), QPoint(5, 5))  # away from the notices
    yield bar  # keeps `page` alive
    theme.current().set_mode("light")


def notice(bar: NoticeBar, text: str) -> Notice:
    return next(n for n in bar.findChildren(Notice) if n.text == text and not n.isHidden())


def timer(bar: NoticeBar, text: str) -> QTimer:
    return notice(bar, text).findChild(QTimer)


def test_it_is_there_only_when_something_is_said(bar: NoticeBar) -> None:
    assert bar.isHidden()
    bar.show_notice("error", "The disk is full. Nothing is lost, saving waits.")
    assert bar.isVisible()
    assert bar.texts() == ["The disk is full. Nothing is lost, saving waits."]
    bar.findChild(QToolButton, "closeNotice").click()
    assert bar.isHidden()


@pytest.mark.parametrize(("kind", "fill"), [("info", "info_fill"), ("warn", "warn_fill"), ("error", "err_fill")])
def test_each_kind_has_its_colour(bar: NoticeBar, qtbot: QtBot, kind: str, fill: str) -> None:
    bar.show_notice(kind, "Something happened.")  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: bar.height() > 30)
    assert bar.grab().toImage().pixelColor(bar.width() // 2, 8) == theme.current().color(fill)


def test_an_info_leaves_after_eight_seconds_and_an_error_stays(bar: NoticeBar, qtbot: QtBot) -> None:
    bar.show_notice("info", "Ready.")
    bar.show_notice("error", "Broken.")
    qtbot.waitUntil(lambda: bar.y() > 100)  # laid out
    assert timer(bar, "Ready.").isActive()
    assert timer(bar, "Ready.").interval() == STAY == 8000
    assert not timer(bar, "Broken.").isActive()
    timer(bar, "Ready.").timeout.emit()
    assert bar.texts() == ["Broken."]


def test_a_notice_under_the_mouse_stays(bar: NoticeBar, qtbot: QtBot) -> None:
    bar.show_notice("info", "Ready.")
    qtbot.waitUntil(lambda: bar.y() > 100)  # laid out
    QTest.mouseMove(notice(bar, "Ready."), QPoint(20, 10))
    qtbot.waitUntil(notice(bar, "Ready.").underMouse)
    timer(bar, "Ready.").timeout.emit()
    assert bar.texts() == ["Ready."]
    assert timer(bar, "Ready.").isActive()  # asks again later
    QTest.mouseMove(bar.window().findChild(QLineEdit), QPoint(5, 5))
    qtbot.waitUntil(lambda: not notice(bar, "Ready.").underMouse())
    timer(bar, "Ready.").timeout.emit()
    assert bar.texts() == []


def test_the_same_key_replaces(bar: NoticeBar) -> None:
    bar.show_notice("warn", "Waiting, place 6.", key="vendor")
    bar.show_notice("error", "Something else.")
    bar.show_notice("warn", "Waiting, place 5.", key="vendor")
    assert bar.texts() == ["Waiting, place 5.", "Something else."]
    bar.show_notice("error", "Something else.")  # the sentence is its own key
    assert len(bar.texts()) == 2
    bar.dismiss("vendor")
    assert bar.texts() == ["Something else."]


def test_three_are_shown_and_the_rest_can_be_seen(bar: NoticeBar) -> None:
    for number in range(5):
        bar.show_notice("error", f"Error {number}.")
    more = bar.findChild(QPushButton, "moreNotices")
    assert bar.texts() == ["Error 2.", "Error 3.", "Error 4."]
    assert more.text() == "2 more"
    more.click()
    assert len(bar.texts()) == 5
    assert more.isHidden()


def test_the_button_acts_and_closes(bar: NoticeBar) -> None:
    done: list[str] = []
    bar.show_notice("error", "“talk.amr” cannot be read.", ("Retry", lambda: done.append("retry")))
    bar.findChild(QPushButton, "noticeAction").click()
    assert done == ["retry"]
    assert bar.texts() == []


def test_it_never_takes_the_focus(bar: NoticeBar, qtbot: QtBot) -> None:
    field = bar.window().findChild(QLineEdit)
    bar.window().activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    bar.show_notice("error", "Broken.", ("Retry", lambda: None))
    assert field.hasFocus()
    for button in bar.findChildren(QPushButton) + bar.findChildren(QToolButton):
        assert not button.focusPolicy() & Qt.FocusPolicy.ClickFocus
        assert button.accessibleName() or button.text()


def test_it_takes_new_colours(bar: NoticeBar, qtbot: QtBot) -> None:
    bar.show_notice("info", "Ready.")
    theme.current().set_mode("dark")
    qtbot.waitUntil(lambda: bar.height() > 30)
    assert bar.grab().toImage().pixelColor(bar.width() // 2, 8) == QColor(theme.DARK.info_fill)


LONG = (
    "“Interview_Küstenschutz_Semarang.wav” is 00:42:18 long, but its transcript goes on to 01:42:18. "
    "Nothing of the text is lost; its end cannot be played."
)


@pytest.mark.parametrize("mode", ["transcript", "subtitles"])
def test_in_the_window_it_moves_nothing_and_covers_no_bar(window: MainWindow, qtbot: QtBot, mode: str) -> None:
    open_talk(window)
    window.commands[f"{mode}ModeAction"].trigger()
    checks = window.desks.checks  # how much is left to look at is told in the bar as soon as it is known
    qtbot.waitUntil(lambda: not any(timer.isActive() for timer in (checks._soon, checks._rest, checks._slices)))
    for size in ((1440, 900), (1100, 700), (1024, 640)):
        for key in list(window.notices._notices):
            window.notices.dismiss(key)
        window.resize(*size)
        QApplication.processEvents()
        controls = [w for w in window.findChildren(QWidget) if w.isVisible() and not window.notices.isAncestorOf(w)]
        before = [(w, w.mapTo(window, QPoint()), w.size()) for w in controls]
        focus = QApplication.focusWidget()
        window.notices.show_notice("warn", LONG)
        window.notices.show_notice("error", "“Voicemail_Schröder.amr” cannot be read.", ("Retry", lambda: None))
        QApplication.processEvents()
        assert [(w, w.mapTo(window, QPoint()), w.size()) for w in controls] == before
        assert QApplication.focusWidget() is focus
        ours = window.notices.rect().translated(window.notices.mapTo(window, QPoint()))
        for bar in (window.transport, window.tools, window.statusBar(), window.desks.modes.subtitles.editor):
            theirs = bar.rect().translated(bar.mapTo(window, QPoint()))
            assert not (bar.isVisible() and ours.intersects(theirs)), bar.objectName()


def test_long_sentences_wrap_and_none_is_cut(window: MainWindow, qtbot: QtBot) -> None:
    open_talk(window)
    window.notices.show_notice("info", "base is in the queue. The comparison opens when its text is ready.")
    window.notices.show_notice("warn", LONG)
    window.notices.show_notice("error", LONG + " Again.", ("Find it", lambda: None))

    def whole() -> bool:
        labels = [label for label in window.notices.findChildren(QLabel) if label.isVisible()]
        return len(labels) == 3 and all(label.height() >= label.heightForWidth(label.width()) for label in labels)

    qtbot.waitUntil(whole)
    button = window.notices.findChild(QPushButton, "noticeAction")
    assert button.width() >= button.sizeHint().width()


def test_it_follows_the_window(window: MainWindow, qtbot: QtBot) -> None:
    def corner() -> QPoint:
        return window.notices.mapTo(window, window.notices.rect().bottomRight())

    open_talk(window)
    window.notices.show_notice("error", "The disk is full. Nothing is lost, saving waits.")
    for size in ((1440, 900), (1024, 640), (1200, 800)):
        window.resize(*size)
        below = window.transport
        qtbot.waitUntil(lambda below=below: corner().y() == below.mapTo(window, QPoint()).y() - 9)
        assert corner().x() < window.width()
