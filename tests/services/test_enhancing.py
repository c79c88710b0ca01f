"""A recording whose noise a vendor takes out: ordered once, in parts, joined again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from speech_jobs import Booth, open_booth

from studio.core.errors import Ambiguous, BadResponse, QuotaError, StudioError, UsageError
from studio.core.jobs import StopToken
from studio.library import Home
from studio.services import enhancing, money
from studio.services.single_orders import Told
from tests.vendors.messages import Seen
from tests.vendors.stt_ai import SttAi


@pytest.fixture
def booth(home: Home) -> Iterator[Booth]:
    with SttAi() as stub:
        found = open_booth(home, stub, "stt-ai", price=1.0)
        yield found
        found.studio.close()


@pytest.fixture(scope="session")
def two_parts(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eleven minutes, of which ten are one order's worth."""
    sound, rate = soundfile.read(sample, dtype="int16")
    path = tmp_path_factory.mktemp("parts") / "long.wav"
    soundfile.write(path, np.tile(sound, 13), rate)
    return path


def cleaned(b: Booth, recording: Path, **how: bool) -> Path:
    *_, last = enhancing.enhance(b.studio, "a", recording, StopToken(), **how)
    assert isinstance(last, enhancing.Enhanced)
    return last.path


def orders(b: Booth) -> list[Seen]:
    return b.stub.requests("POST", "/v1/enhance-audio")


def test_it_is_as_long_and_ordered_once(booth: Booth, sample: Path) -> None:
    path = cleaned(booth, sample)
    before, after = soundfile.info(sample), soundfile.info(path)
    assert after.duration == pytest.approx(before.duration, abs=0.01)
    assert path.is_relative_to(booth.studio.home.enhanced)
    assert cleaned(booth, sample) == path
    (seen,) = orders(booth)
    assert "sample" not in str(seen.fields), "its name is its owner's business"
    assert seen.charged == {"minutes": 1}
    assert money.spent(booth.studio, booth.studio.accounts.get("a")).minutes == pytest.approx(
        before.duration / 60, 0.01
    )


@pytest.mark.slow
def test_parts_fit_together_and_none_is_sent_again(booth: Booth, two_parts: Path) -> None:
    """The stub makes each part as loud as can be; where its sound is, it stays."""
    events = enhancing.enhance(booth.studio, "a", two_parts, StopToken())
    assert any(isinstance(event, Told) and event.says.endswith("has done it") for event in events)
    events.close()  # type: ignore[attr-defined]
    assert len(orders(booth)) == 1
    path = cleaned(booth, two_parts)
    assert len({seen.sha256 for seen in orders(booth)}) == len(orders(booth)) == 2
    (before, rate), (after, same) = soundfile.read(two_parts), soundfile.read(path)
    assert (rate, len(before)) == (same, len(after))
    for end in (slice(0, rate * 60), slice(-rate * 60, None)):
        assert float(np.corrcoef(before[end], after[end])[0, 1]) > 0.99


def test_what_may_have_arrived_is_sent_again_with_consent_only(booth: Booth, beginning: Path) -> None:
    booth.stub.script("POST", "/v1/enhance-audio", drop="before_response")
    for _ in range(2):
        with pytest.raises(Ambiguous):
            cleaned(booth, beginning)
    assert len(orders(booth)) == 1
    assert cleaned(booth, beginning, again=True).exists()
    assert len(orders(booth)) == 2


@pytest.mark.parametrize("audio", ["page", "empty", "cut"])
def test_a_reply_that_is_no_sound_leaves_no_file(booth: Booth, beginning: Path, audio: str) -> None:
    booth.stub.configure(audio=audio)
    for _ in range(2):
        with pytest.raises(BadResponse):
            cleaned(booth, beginning)
    assert not list(booth.studio.home.enhanced.glob("*"))
    booth.stub.configure(audio="whole")
    assert cleaned(booth, beginning, again=True).exists()
    assert len(orders(booth)) == 2


def test_no_graphics_card_is_free_for_a_while(booth: Booth, beginning: Path) -> None:
    booth.stub.script("POST", "/v1/enhance-audio", status=503)
    assert cleaned(booth, beginning).exists()
    assert [seen.status for seen in orders(booth)] == [503, 200]


def test_the_stop_of_a_month(booth: Booth, sample: Path) -> None:
    booth.account(price=1.0, monthly_cap=0.5)
    with pytest.raises(QuotaError):
        cleaned(booth, sample)
    assert not orders(booth)


def refusals() -> list[Callable[[Booth], str]]:
    def not_agreed(b: Booth) -> str:
        b.studio.accounts.put(type(b.studio.accounts.get("a"))("a", "stt-ai", url=f"{b.url}x/"))
        return "agreed yet"

    def cleans_nothing(b: Booth) -> str:
        b.studio.accounts.put(type(b.studio.accounts.get("a"))("a", "openai", url=b.url))
        return "takes the noise out"

    return [not_agreed, cleans_nothing]


@pytest.mark.parametrize("refusal", refusals())
def test_what_is_not_sent(booth: Booth, sample: Path, refusal: Callable[[Booth], str]) -> None:
    with pytest.raises(UsageError, match=refusal(booth)):
        cleaned(booth, sample)
    assert not orders(booth)


def test_what_is_no_recording(booth: Booth, tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(b"nothing to hear")
    with pytest.raises(StudioError):
        cleaned(booth, tmp_path / "x.wav")
    assert not orders(booth)
