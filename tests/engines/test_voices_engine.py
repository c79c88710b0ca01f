"""What voices sound like, with the real network on the sample that comes with the program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from studio import media
from studio.core.errors import ModelError
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.engines.local.voices import VoiceReader
from studio.resources import resource

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reader(weights: Callable[[str], Path]) -> Iterator[VoiceReader]:
    with VoiceReader(weights("campplus-zh-en") / "campplus_cn_en_common.pt") as reader:
        yield reader


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("voices") / "sample.wav"
    for _ in media.decode(resource("sample.ogg"), target, None, stop=StopToken()):
        pass
    return target


def turns() -> dict[str, list[tuple[int, int]]]:
    """Milliseconds of each true voice of the sample."""
    found: dict[str, list[tuple[int, int]]] = {}
    for line in resource("sample.rttm").read_text("utf-8").splitlines():
        _, _, _, start, length, _, _, who, *_ = line.split()
        found.setdefault(who, []).append((int(float(start) * 1000), int((float(start) + float(length)) * 1000)))
    return found


def test_one_person_sounds_like_herself_and_not_like_the_others(reader: VoiceReader, sample: Path) -> None:
    halves = {f"{who} {n}": ranges[n::2] for who, ranges in turns().items() for n in (0, 1) if len(ranges) > 1}
    found = reader.voices(sample, halves, StopToken())
    assert set(found) == set(halves)
    for id, vector in found.items():
        assert vector.shape == (192,)
        assert vector.dtype == np.float32
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
        likest = max((other for other in found if other != id), key=lambda other: float(vector @ found[other]))
        assert likest.split()[0] == id.split()[0]


def test_too_little_and_beyond_the_end_is_left_out(reader: VoiceReader, sample: Path) -> None:
    end = media.wav_duration(sample)
    ranges = {"none": [], "blink": [(1_000, 1_050)], "beyond": [(end + 1_000, end + 9_000)], "ok": [(1_000, 3_000)]}
    assert list(reader.voices(sample, ranges, StopToken())) == ["ok"]


def test_who_asks_while_another_is_served_waits(reader: VoiceReader, sample: Path) -> None:
    with ThreadPoolExecutor() as threads:
        asked = [
            threads.submit(reader.voices, sample, {id: [(0, 8_000 * length)]}, StopToken())
            for length, id in enumerate("abc", 1)
        ]
    assert [list(found.result()) for found in asked] == [["a"], ["b"], ["c"]]


def test_a_stop_is_heard(reader: VoiceReader, sample: Path) -> None:
    stop = StopToken()
    stop.request(StopReason.CANCEL)
    with pytest.raises(Stopped):
        reader.voices(sample, {"a": [(0, 50_000)]}, stop)


def test_broken_weights_are_a_plain_error(sample: Path, tmp_path: Path) -> None:
    broken = tmp_path / "campplus.pt"
    broken.write_bytes(b"not weights")
    with VoiceReader(broken) as reader, pytest.raises(ModelError, match="cannot be loaded"):
        reader.voices(sample, {"a": [(0, 5_000)]}, StopToken())
