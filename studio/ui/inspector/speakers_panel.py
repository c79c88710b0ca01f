"""The right panel: who speaks, how much, what they are called, and who they sound like. Runs on the window's thread.

Tells of wishes by signals and changes nothing itself; ui/desks/speakers_desk.py fulfils them.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.services.voices import Suggestion
from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.models.transcript_model import TranscriptModel
from studio.ui.models.wording import counted

from .offer_card import OfferCard
from .speaker_card import SpeakerCard, line
from .speaker_menu import SpeakerMenu

NOBODY = "No speakers yet. They appear here once the voices are told apart."
CONSENT = "Recognise these voices in later recordings?", "Voices are kept on this computer only."
UNCHECKED = "Does every passage fit its speaker?", "Compares each passage with the voices of this recording."
CHECKING = "Listening to every passage …", "You can go on working."
ALL_FIT = "Every passage fits its speaker", "Passages under two seconds cannot be judged."
_ROOMY = 290  # pixels from which the head has room for all its words
_SECONDS_EACH = 15  # to listen to a passage and decide


class SpeakersPanel(QFrame):
    rename_requested = Signal(str, str)  # speaker id, new name
    recolor_requested = Signal(str, int)  # speaker id, place in the palette
    add_requested = Signal(str)  # name, "" for "Speaker n"
    merge_requested = Signal(str, str)  # speaker id, into
    swap_requested = Signal(str, str)  # what one said the other said
    merge_two_requested = Signal()  # which two is still to be asked
    reassign_requested = Signal(str)  # the selected passages are of this speaker
    split_off_requested = Signal(str)  # the selected passages are of a new speaker of this name
    remove_requested = Signal(str)
    play_requested = Signal(str)  # the next passage of this speaker
    find_again_requested = Signal()  # tell the speakers apart again
    consent_given = Signal(bool)  # voices may be remembered
    suggestion_taken = Signal(object)  # Suggestion
    suggestion_refused = Signal(object)
    check_requested = Signal()  # look for passages of the wrong speaker
    check_stopped = Signal()
    doubts_requested = Signal()  # show those that were found
    known_voices_requested = Signal()

    def __init__(self, model: TranscriptModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._cards: dict[str, SpeakerCard] = {}
        self._suggestions: dict[str, Suggestion] = {}
        self._name_next = False  # a new card begins with its name being typed
        self.setObjectName("speakersPanel")
        self.setAccessibleName("Speakers")
        self.setProperty("role", "panel")
        self.setMinimumWidth(theme.RIGHT_MIN)
        self._menu = SpeakerMenu(model, self)
        for name in ("recolor", "merge", "swap", "reassign", "remove"):
            getattr(self._menu, f"{name}_requested").connect(getattr(self, f"{name}_requested"))
        self._menu.split_off_requested.connect(lambda: self._ask_for_new(self.split_off_requested))
        self._title = QLabel(self)
        self._title.setObjectName("speakersTitle")
        self._title.setProperty("role", "heading")
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._nobody = QLabel(NOBODY, self)
        self._nobody.setObjectName("speakersEmptyLabel")
        self._nobody.setProperty("role", "note")
        self._nobody.setWordWrap(True)
        self._list = QVBoxLayout()
        self._make_buttons()
        self._make_offers()
        self._arrange()
        # Segments arrive one by one; the shares need not keep up with each.
        self._soon = QTimer(self, singleShot=True, interval=200)
        self._soon.timeout.connect(self.refresh)
        model.modelReset.connect(self.refresh)
        model.speakers_changed.connect(self.refresh)
        for signal in (model.rowsInserted, model.rowsRemoved):
            signal.connect(lambda *_: self._refresh_soon())
        model.dataChanged.connect(lambda _first, _last, roles: None if roles else self._refresh_soon())
        theme.current().changed.connect(self.refresh)
        self.refresh()

    def _make_buttons(self) -> None:
        self._add = self._button("addSpeakerButton", "Add", "add", "Add a speaker")
        self._add.clicked.connect(self.add)
        self._find = self._button("findSpeakersButton", "Find again", "retry", "Tell the speakers apart again")
        self._find.clicked.connect(self.find_again_requested)
        self._merge = self._button("mergeSpeakersButton", "Merge two speakers", "merge", "They are the same person")
        self._merge.clicked.connect(self.merge_two_requested)
        self._voices = self._button("knownVoicesButton", "Known voices …", "", "Voices kept on this computer")
        self._voices.setProperty("kind", "link")
        self._voices.clicked.connect(self.known_voices_requested)

    def _make_offers(self) -> None:
        self._consent = OfferCard("voicesConsent", self)
        self._consent.add_button("voicesYesButton", "Yes, remember", lambda: self.consent_given.emit(True))
        self._consent.add_button("voicesNoButton", "No", lambda: self.consent_given.emit(False))
        self._check = OfferCard("speakerCheck", self)
        add = self._check.add_button
        self._begin = add("checkPassagesButton", "Check the passages", self.check_requested.emit, "speaker")
        self._stop = add("stopCheckButton", "Stop", self.check_stopped.emit)
        self._one_by_one = add("oneByOneButton", "Check them one by one", self.doubts_requested.emit, "play")
        self.show_unchecked()

    def _button(self, name: str, text: str, picture: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        button.setProperty("small", True)
        if picture:
            button.setIcon(icon(picture))
        return button

    def _arrange(self) -> None:
        body = QWidget()
        body.setObjectName("speakersList")
        body.setStyleSheet("#speakersList { background: transparent; }")
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        below = QVBoxLayout()
        below.setContentsMargins(16, 12, 16, 12)
        below.setSpacing(10)
        below.addWidget(self._merge, 0, Qt.AlignmentFlag.AlignLeft)
        below.addWidget(self._consent)
        below.addWidget(self._check)
        below.addWidget(self._voices, 0, Qt.AlignmentFlag.AlignLeft)
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addLayout(self._list)
        inner.addWidget(self._nobody)
        self._nobody.setContentsMargins(16, 12, 16, 12)
        inner.addLayout(below)
        inner.addStretch()
        scroll = QScrollArea(self)
        scroll.setObjectName("speakersScroll")
        scroll.setAccessibleName("Speakers")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        scroll.viewport().setAutoFillBackground(False)
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 12, 0)
        head.setSpacing(6)
        head.addWidget(self._title, 1)
        head.addWidget(self._add)
        head.addWidget(self._find)
        self._title.setFixedHeight(theme.FILE_HEADER)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(line(self))
        column.addWidget(scroll, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._find.setText("Find again" if self.width() >= _ROOMY else "")

    # What the desk tells

    def set_selected(self, count: int) -> None:
        """How many passages are selected in the text."""
        self._menu.set_selected(count)

    def show_suggestions(self, suggestions: Iterable[Suggestion]) -> None:
        before, self._suggestions = self._suggestions, {s.speaker_id: s for s in suggestions}
        if self._suggestions != before:
            self.refresh()

    def show_voices(self, ask: bool, asked: bool) -> None:
        """Whether to ask for consent now, and whether that was ever answered."""
        self._consent.setVisible(False)
        if ask:
            self._consent.offer(*CONSENT)
        self._voices.setVisible(asked)

    def show_unchecked(self) -> None:
        self._show_check(self._begin, *UNCHECKED)

    def show_checking(self) -> None:
        self._show_check(self._stop, *CHECKING)

    def show_doubts(self, count: int) -> None:
        """How many passages sound like somebody else than they are given to."""
        if not count:
            self._show_check(None, *ALL_FIT)
            return
        title = counted(count, "passage sounds", "passages sound") + " like somebody else"
        minutes = counted(max(1, round(count * _SECONDS_EACH / 60)), "minute", "minutes")
        self._show_check(self._one_by_one, title, f"Listen to each one and pick who it is. About {minutes}.")

    def _show_check(self, button: QPushButton | None, title: str, text: str) -> None:
        for other in self._check.buttons:
            other.setVisible(other is button)
        self._check.offer(title, text)
        self._check.setVisible(len(self._cards) > 1)

    # Cards

    def _refresh_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def refresh(self) -> None:
        """Show the speakers as they are now; cards of known speakers stay, so that focus and typing survive."""
        shares = self._model.speaker_shares()
        self._title.setText(counted(len(shares), "speaker", "speakers") if shares else "Speakers")
        self._nobody.setVisible(not shares)
        for button in (self._add, self._find):
            button.setEnabled(self._model.rowCount() > 0)
        self._merge.setVisible(bool(shares))
        self._merge.setEnabled(len(shares) > 1)
        self._check.setVisible(len(shares) > 1)
        known = {share.speaker.id for share in shares}
        for gone in [id for id in self._cards if id not in known]:
            self._cards.pop(gone).deleteLater()
        fresh = None
        for place, share in enumerate(shares):
            card = self._cards.get(share.speaker.id)
            if card is None:
                card = fresh = self._cards[share.speaker.id] = self._new_card()
            self._list.insertWidget(place, card)
            card.show_share(share)
            card.show_suggestion(self._suggestions.get(share.speaker.id))
        self._order_tabs()
        if fresh and self._name_next:
            fresh.edit_name()

    def _new_card(self) -> SpeakerCard:
        card = SpeakerCard(self._menu, self)
        for name in ("rename_requested", "recolor_requested", "play_requested"):
            getattr(card, name).connect(getattr(self, name))
        card.suggestion_taken.connect(self.suggestion_taken)
        card.suggestion_refused.connect(self.suggestion_refused)
        return card

    def add(self) -> None:
        """A new speaker, whose name is typed then."""
        self._ask_for_new(self.add_requested)

    def rename(self, id: str) -> None:
        """Type another name for this speaker."""
        if id in self._cards:
            self._cards[id].edit_name()

    def _ask_for_new(self, wish: SignalInstance) -> None:
        """Whoever fulfils this does it at once; then the new speaker's name is typed."""
        self._name_next = True
        wish.emit("")
        self._name_next = False

    def _order_tabs(self) -> None:
        """The tab key comes here behind what stands before the panel; Qt puts what is made late at the window's end."""
        before: QWidget = self._find
        cards = sorted(self._cards.values(), key=self._list.indexOf)
        controls = [control for card in cards for control in card.controls]
        for control in (*controls, self._merge, *self._consent.buttons, *self._check.buttons, self._voices):
            QWidget.setTabOrder(before, control)
            before = control
