"""Others' subtitle files: what their parsers expect of them, ours finds too."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.core.errors import FormatError
from studio.formats import FORMATS, Parsed, decode_text, read_any, vtt, vtt_text

# Expectations of vtt.js that are not what the standard says.
QUIRKS = {
    # "000:00.000": three digits must be hours, so minutes are missing; vtt.js takes them for minutes
    "cue-times/min-top-digits.vtt",
}


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "subtitles"


def _raw_cues(file: Path) -> list[vtt.RawCue]:
    try:
        return vtt.parse(decode_text(file.read_bytes())).cues
    except FormatError:
        return []  # no WebVTT file at all: the standard finds no cues in it


def _expected(folder: Path, suffix: str) -> list[tuple[Path, Any]]:
    """Pairs of a .vtt file of vtt.js and its expectation, quirks left out."""
    found = []
    for file in sorted((folder / "vttjs").rglob("*.vtt")):
        beside = file.with_name(file.stem + suffix)
        if beside.exists() and file.relative_to(folder / "vttjs").as_posix() not in QUIRKS:
            found.append((file, json.loads(beside.read_text("utf-8"))))
    return found


def test_cues_are_those_that_vtt_js_expects(folder: Path):
    cases = _expected(folder, ".json")
    assert len(cases) > 90
    for file, expected in cases:
        found = [(c.id, c.start / 1000, c.end / 1000, c.text) for c in _raw_cues(file)]
        assert found == [(c["id"], c["startTime"], c["endTime"], c["text"]) for c in expected["cues"]], file


def test_text_of_cues_is_that_of_the_dom_tree_of_vtt_js(folder: Path):
    cases = [(file, tree) for file, tree in _expected(folder, "-proc.json") if tree is not None]
    assert len(cases) > 110
    for file, expected in cases:
        found = [_all_text(vtt_text.parse(c.text)) for c in _raw_cues(file)]
        assert found == [div["textContent"] for div in expected], file


def test_cue_trees_are_those_of_the_web_platform_tests(folder: Path):
    files = sorted((folder / "webvttjs" / "wpt-cue-parsing").glob("*.json"))
    assert len(files) == 3
    for file in files:
        for case in json.loads(file.read_text("utf-8")):
            tree = "".join(f"{line}\n" for line in _dump(vtt_text.parse(case["text"].removesuffix("\n"))))
            assert tree == case["expectedTree"], case["text"]


@pytest.mark.parametrize("suffix", [".srt", ".vtt"])
def test_every_file_is_read_or_refused_with_its_line(folder: Path, suffix: str):
    files = sorted(folder.rglob(f"*{suffix}"))
    assert len(files) > 15
    for file in files:
        for read in (lambda text, name: read_any(text, name), lambda text, _: FORMATS[suffix[1:]].read(text)):
            parsed, refusal = _attempt(read, decode_text(file.read_bytes()), file.name)
            if parsed is None:
                assert "Line " in refusal or "is empty" in refusal, file
            else:
                assert parsed.transcript.segments or parsed.warnings, file


def _attempt(read: Callable[[str, str], Parsed], text: str, name: str) -> tuple[Parsed | None, str]:
    try:
        return read(text, name), ""
    except FormatError as error:
        return None, error.problem.what


def test_nothing_in_real_captions_is_lost(folder: Path):
    """As many subtitles as lines with times, without a word of warning about text."""
    files = sorted((folder / "ableplayer").glob("*.vtt"))
    assert len(files) > 20
    for file in files:
        text = decode_text(file.read_bytes())
        parsed = read_any(text, file.name)
        assert len(parsed.transcript.segments) == text.count("-->"), file
        assert [w for w in parsed.warnings if "not kept" not in w] == [], file


@pytest.mark.parametrize("name", ["mantas/ass.ass", "mantas/ttml.ttml", "subsrt/sample.smi", "subsrt/sample.json"])
def test_other_kinds_are_refused_by_name(folder: Path, name: str):
    file = folder / name
    with pytest.raises(FormatError, match=f"“{file.name}”"):
        read_any(decode_text(file.read_bytes()), file.name)


def _all_text(node: vtt_text.Node) -> str:
    return "".join(c if isinstance(c, str) else "" if isinstance(c, int) else _all_text(c) for c in node.children)


def _dump(node: vtt_text.Node, depth: int = 0) -> list[str]:
    """A tree as the Web Platform Tests write it: the DOM that a browser makes of a cue."""
    indent, inner = "| " + "  " * depth, "| " + "  " * (depth + 1)
    lines = []
    for child in node.children:
        if isinstance(child, str):
            lines.append(f'{indent}"{child}"')
        elif isinstance(child, vtt_text.Node):
            lines.append(f"{indent}<{'span' if child.name in ('c', 'v', 'lang') else child.name}>")
            if child.classes:
                lines.append(f'{inner}class="{" ".join(child.classes)}"')
            if child.name in ("v", "lang"):
                lines.append(f'{inner}{"title" if child.name == "v" else "lang"}="{child.annotation}"')
            lines += _dump(child, depth + 1)
    return lines
