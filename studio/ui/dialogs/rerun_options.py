"""The fields for hearing a recording once more: model, language, what to write, names. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QWidget

from studio.core.accounts import RemoteModel
from studio.core.jobs import JobOptions
from studio.core.languages import LANGUAGES
from studio.models import catalogue
from studio.services.accounts import Offer
from studio.services.hearing import HearOptions

_TASKS = {"transcribe": "Text in the language spoken", "translate": "Translate to English"}


class RerunFields(QWidget):
    """Starts with what the recording was heard with, but the best other model that is on this computer."""

    def __init__(
        self,
        used: JobOptions,
        ready: frozenset[str],
        offers: Sequence[Offer],
        spoken: str,
        another: bool,
        parent: QWidget | None = None,
    ) -> None:
        """`ready`: ids of models that need not be fetched; `offers`: where it can be done besides this computer.
        `spoken`: the language that was heard, "" if not known. `another`: the same model once more would be no use."""
        super().__init__(parent)
        self._used = used
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        models = model_titles(ready)
        self._model = choice_row(self._form, "Model", "rerunModelBox", models | _remote_titles(offers))
        self._language = choice_row(self._form, "Language", "rerunLanguageBox", language_titles())
        self._task = choice_row(self._form, "What to write", "rerunTaskBox", _TASKS)
        self._vocabulary = QLineEdit(used.vocabulary)
        self._vocabulary.setPlaceholderText("Annika Böhm, Semarang, Nordfriesland")
        _row(self._form, "Names and terms", "rerunVocabularyField", self._vocabulary)
        self._model.setCurrentIndex(max(0, self._model.findData(_proposed(used, ready, spoken, another))))
        self._language.setCurrentIndex(self._language.findData(used.language))
        self._task.setCurrentIndex(self._task.findData(used.task))

    def options(self) -> HearOptions:
        account, model = parted(self._model.currentData())
        return HearOptions(
            account=account,
            model=model,
            language=self._language.currentData(),
            task=self._task.currentData(),
            vocabulary=self._vocabulary.text().strip(),
            device=self._used.device,
            decode=self._used.decode,
        )


def _proposed(used: JobOptions, ready: frozenset[str], spoken: str, another: bool) -> str:
    """The largest other model that is here and knows the language, as large ones hear best; else see `another`."""
    known = catalogue()
    english = "en" in (used.language, spoken) or (used.model in known and known[used.model].languages == ("en",))
    able = [
        model
        for model in known.values()
        if model.kind == "speech"
        and model.id != used.model
        and (model.languages != ("en",) or (english and used.task != "translate"))
    ]
    here = [model for model in able if model.id in ready]
    if here:
        return max(here, key=lambda model: model.bytes).id
    return able[0].id if another else key(used.account, used.model)


def key(account: str, model: str) -> str:
    """One text for both; the names of accounts hold no colon."""
    return f"{account}:{model}" if account else model


def parted(key: str) -> tuple[str, str]:
    account, colon, model = key.partition(":")
    return (account, model) if colon else ("", key)


def engine_words(account: str, model: str) -> str:
    """By whom it is heard: "base", "Prosa stt-general"."""
    return f"{account} {model.removeprefix('whisper-')}".strip()


def remote_models(offer: Offer) -> dict[str, str]:
    """The models of an account and what they are called."""
    models = offer.models or (RemoteModel(""),)
    return {
        key(offer.account.name, m.id): f"{offer.account.name} · {m.title or m.id or 'its own model'}" for m in models
    }


def _remote_titles(offers: Sequence[Offer]) -> dict[str, str]:
    return {key: title for offer in offers for key, title in remote_models(offer).items()}


def model_titles(ready: frozenset[str]) -> dict[str, str]:
    """The speech models by id; `ready`: ids of those that need not be fetched."""
    models = [m.id for m in catalogue().values() if m.kind == "speech"]
    return {id: id.removeprefix("whisper-") + ("" if id in ready else ", is fetched first") for id in models}


def language_titles() -> dict[str, str]:
    return {"auto": "Detect", **dict(sorted(LANGUAGES.items(), key=lambda entry: entry[1]))}


def choice_row(form: QFormLayout, title: str, name: str, entries: dict[str, str]) -> QComboBox:
    """A field of the form: values and what they are called."""
    box = QComboBox()
    for value, text in entries.items():
        box.addItem(text, value)
    _row(form, title, name, box)
    return box


def _row(form: QFormLayout, title: str, name: str, field: QWidget) -> None:
    field.setObjectName(name)
    field.setAccessibleName(title)
    form.addRow(title, field)
