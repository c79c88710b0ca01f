"""Which voices there are, which languages they speak, and what must be fetched first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.core.errors import UsageError
from studio.core.jobs import StopToken
from studio.engines.local import espeak, kokoro
from studio.models import ModelStore, catalogue
from studio.services.talkers import DEFAULT, Talkers, name_of

needs_espeak = pytest.mark.skipif(not espeak.installed(), reason="espeak-ng is not installed")


@pytest.fixture
def talkers(tmp_path: Path) -> Iterator[Talkers]:
    talkers = Talkers(ModelStore(tmp_path))
    yield talkers
    talkers.close()


def test_the_small_voice_comes_first_and_needs_nothing(talkers: Talkers) -> None:
    first = talkers.voices()[0]
    assert first.id == talkers.voices("en")[0].id == DEFAULT
    assert talkers.ready(first)
    assert list(talkers.fetch(first, StopToken())) == []
    spoken = talkers.talker(first).say("Hello.", name_of(first), "en", StopToken())
    assert len(spoken.samples) > spoken.rate / 5


def test_every_voice_is_well_formed(talkers: Talkers) -> None:
    voices = talkers.voices()
    assert len({v.id for v in voices}) == len(voices)
    for voice in voices:
        assert "/" in voice.id
        assert voice.title
        assert voice.gender in ("female", "male", "")
        assert not voice.model or catalogue()[voice.model].kind == "voice"
        assert talkers.ready(voice) == (not voice.model)


def test_kokoro_has_54_voices_and_each_has_its_file(talkers: Talkers) -> None:
    voices = [v for v in talkers.voices() if v.engine == "Kokoro"]
    files = {Path(f.name).stem for f in catalogue()[kokoro.VOICES_MODEL].files}
    assert {name_of(v) for v in voices} == files
    assert len(voices) == 54
    assert {language for v in voices for language in v.languages} == {"en", "es", "fr", "hi", "it", "ja", "pt", "zh"}
    heart = next(f for f in catalogue()[kokoro.VOICES_MODEL].files if "af_heart" in f.name)
    assert heart.sha256.startswith("d583ccff")


def test_an_unknown_voice_is_answered_with_the_nearest(talkers: Talkers) -> None:
    with pytest.raises(UsageError, match="hibari/heart"):
        talkers.voice("heart")


def test_a_language_that_a_voice_does_not_speak_names_voices_that_do(talkers: Talkers) -> None:
    talkers.check(talkers.voice(DEFAULT), "en")
    talkers.check(talkers.voice(DEFAULT), None)
    with pytest.raises(UsageError) as caught:
        talkers.check(talkers.voice(DEFAULT), "id")
    assert caught.value.problem.what == "The voice “Heart (American)” does not speak Indonesian."
    assert "espeak-ng" in caught.value.problem.hint


def test_warming_a_voice_that_is_not_here_does_nothing(talkers: Talkers) -> None:
    talkers.warm(talkers.voice("hibari/emma"))
    talkers.warm(talkers.voice(DEFAULT))
    assert talkers.version(talkers.voice(DEFAULT)) == "hibari 0.2.1"
