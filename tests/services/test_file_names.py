"""Names of exported files: from a template, fit for every file system, short enough."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import UsageError
from studio.core.transcript import EngineInfo, Source, Speaker, Transcript
from studio.services.file_names import PLACEHOLDERS, file_stem

TALK = Transcript(
    speakers=(Speaker("S1", "Anna Böhm"), Speaker("S2", "Jörg: M."), Speaker("S3", "Anna Böhm")),
    language="de",
    source=Source(name="Gespräch 1.5.wav"),
    engine=EngineInfo("faster-whisper", "whisper-base"),
)


@pytest.mark.parametrize(
    ("template", "stem"),
    [
        ("{name}", "Gespräch 1.5"),
        ("{name}_{language}_{version}", "Gespräch 1.5_de_v4"),
        ("{date} {name} ({speakers})", "2026-11-22 Gespräch 1.5 (Anna Böhm, Jörg_ M)"),
        ("{model}/{name}", "whisper-base_Gespräch 1.5"),
        ("plain", "plain"),
        ("a { b", "a { b"),
        ("con", "con_"),
        ("  .x. ", "x"),
    ],
)
def test_placeholders_are_filled_in(template: str, stem: str):
    assert file_stem(template, TALK, date="2026-11-22", version=4) == stem


@pytest.mark.parametrize("template", ["{name}_{language}", "{name} - {speakers}", "{language}_{name}", "{date}.{name}"])
def test_what_is_not_known_leaves_no_gap(template: str):
    assert file_stem(template, Transcript(), name="talk") == "talk"


def test_an_unknown_placeholder_is_named_with_those_that_exist():
    with pytest.raises(UsageError, match=r"“{nmae}” is no placeholder for file names. These are: {name}, {language}"):
        file_stem("{nmae}_x", TALK)
    for name in PLACEHOLDERS:
        file_stem(f"x{{{name}}}", TALK)


@pytest.mark.parametrize("template", ["", "  ", "...", "{date}"])
def test_a_file_needs_a_name(template: str):
    with pytest.raises(UsageError, match="needs a name"):
        file_stem(template, TALK)


def test_a_long_name_is_shortened_but_the_version_stays():
    stem = file_stem("{name}_{version}", TALK, name="ü" * 250, version=12)
    assert stem.endswith("ü_v12")
    assert 190 <= len(stem.encode()) <= 200


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_name_is_safe(text: str, name: str):
    try:
        stem = file_stem(text.replace("{", "") + "{name}", Transcript(), name=name)
    except UsageError:
        return
    assert 0 < len(stem.encode()) <= 201
    assert not set(stem) & set('/\\:*?"<>|\x00\n\t')
    assert stem == stem.strip(" .")
