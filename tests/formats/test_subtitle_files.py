"""Others' subtitle files, all 517 of them: what their parsers expect of them, ours finds too; none fails, none loses
a subtitle without a word.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.core.errors import FormatError
from studio.formats import FORMATS, READ_ONLY, Parsed, decode_text, read_any, vtt, vtt_text

# Expectations of vtt.js that are not what the standard says.
QUIRKS = {
    # "000:00.000": three digits must be hours, so minutes are missing; vtt.js takes them for minutes
    "cue-times/min-top-digits.vtt",
}

# Expectations of vtt.js for several files at once: no cues in any.
SHARED = {
    "cue-times/bad-data.json": ["cue-times/missing-separator.vtt"],
    "file-layout/no-output.json": [
        "file-layout/blank-file.vtt",
        "file-layout/bom-garbage-data.vtt",
        "file-layout/garbage-signature.vtt",
        "file-layout/newline-before-webvtt.vtt",
    ],
    "file-layout/with-data.json": ["file-layout/webvtt-space.vtt"],
    "regions/good-region.json": ["regions/*.vtt", "regions/id/*.vtt", "regions/scroll/*.vtt"],
    "regions/lines/bad-line.json": ["regions/lines/*.vtt"],
    "regions/regionanchor/bad-regionanchor.json": ["regions/regionanchor/*.vtt"],
    "regions/viewportanchor/bad-viewportanchor.json": ["regions/viewportanchor/*.vtt"],
    "regions/width/bad-width.json": ["regions/width/*.vtt"],
}

# How many cues the Web Platform Tests find in their files; they show "text" or "valid", not "invalid".
WPT_FILES = {
    "arrows": 6,
    "header-garbage": 1,
    "header-space": 1,
    "header-timings": 1,
    "ids": 5,
    "newlines": 4,
    "nulls": 7,
    "regions-id": 4,
    "regions-old": 2,
    "regions-regionanchor": 20,
    "regions-scroll": 6,
    "regions-viewportanchor": 20,
    "settings-line": 46,
    "settings-position": 22,
    "signature-bom": 0,
    "signature-no-newline": 0,
    "signature-space": 0,
    "signature-tab": 0,
    "signature-tab-no-newline": 0,
    "timings-60": 2,
    "timings-eof": 0,
    "timings-negative": 4,
    "timings-omitted-hours": 3,
    "timings-too-short": 2,
}

# Files that are refused, and where and why.
REFUSED = {
    "astisub/example-in-nonzero-offset.stl": "Line 1: the file is an EBU subtitle file",
    "astisub/example-in.stl": "Line 1: the file is an EBU subtitle file",
    "astisub/example-opn-in.stl": "Line 1: the file is an EBU subtitle file",
    "subsrt/sample.json": "there must be an object",
    "vttjs/file-layout/blank-file.vtt": "is empty",
    "vttjs/file-layout/bom-garbage-data.vtt": "Line 1: “garbage” has no times before it",
    "vttjs/file-layout/garbage-signature.vtt": "Line 1: “garbage vtt file” is not “WEBVTT”",
    "vttjs/file-layout/newline-before-webvtt.vtt": "Line 2: “WEBVTT” has no times before it",
    "webvtt-py/empty.vtt": "is empty",
    "webvtt-py/invalid_format.sbv": "Line 1: “some text” has no times before it",
    "webvtt-py/invalid_format2.srt": "Line 1: “some text” has no times before it",
    "webvtt-py/invalid_timeframe.sbv": "Line 7: “0:00:13.f89,0:00:15.489” is not a pair of times",
    "webvtt-py/missing_timeframe.srt": "Line 5: subtitle 2 has no times",
}

_FILM = [
    (137400, 140400, "Senator, we're making\nour final approach into Coruscant."),
    (3740500, 3742500, "Very good, Lieutenant."),
]
_SHOW = [
    (99000, 101040, "(deep rumbling)"),
    (124080, 127120, "MAN:\nHow did we end up here?"),
    (132160, 135200, "This place is horrible."),
    (140240, 142280, "Smells like balls."),
    (148320, 151360, "We don't belong\nin this shithole."),
    (151400, 153440, "(computer playing\nelectronic melody)"),
]
_TEST = [
    (1000, 4000, "Hello, World!"),
    (5000, 8000, "This is a test subtitle."),
    (10000, 13000, "Testing SeConv subtitle converter."),
]
_BAKERY = [
    (599, 4160, "Hi, my name is Alice Miller\nand this is John Brown"),
    (4160, 6770, "and we're the owners of Miller Bakery."),
    (6770, 10880, "Today we'll be teaching you how to make\nour famous chocolate chip cookies!"),
    (10880, 16700, "[intro music]"),
    (16700, 21480, "Okay, so we have all the ingredients laid out here"),
]
_GREEK = [
    (331, 3750, "The man in black fled across the desert, \u00a0\n& the gunslinger followed."),
    (4101, 5430, "Go,\u00a0then,"),
    (6331, 9675, "there are other < worlds than these."),
]
_CAPTIONS = [
    (378, 11378, "Caption text #1"),
    (11378, 12305, "Caption text #2"),
    (13489, 15489, "Caption text #3 (line 1)\nCaption text #3 (line 2)"),
    (15489, 16234, "Caption text #4"),
    (17484, 17484, "Caption text #5"),  # its end lies before its start; there is a warning
]
_COUNTED = [(500, 7000), (7000, 11890), (11890, 16320), (16320, 21580), (21580, 23880)]

# What files hold in whatever format: their makers put the same subtitles into each.
CONTENTS: dict[str, list[tuple[int, int, str]]] = {
    **{
        f"mantas/{name}": _FILM for name in ("ass.ass", "ass_different_format.ass", "ttml.ttml", "dfxp.dfxp", "vtt.vtt")
    },
    **{f"mantas/{name}": _FILM for name in ("srt.srt", "sub_viewer.sub")},
    "mantas/sub_microdvd.sub": [(137387, 140390, _FILM[0][2]), (3740487, 3742489, _FILM[1][2])],  # 23.976 frames
    "mantas/stl_with_comments.stl": [(137400, 140360, _FILM[0][2]), (140440, 142480, _FILM[1][2])],
    "mantas/srt_for_public_interface_test.srt": [(137440, 140375, _FILM[0][2]), (140476, 142501, _FILM[1][2])],
    "mantas/ass_different_format3.ass": [(0, 10000, "The quick brown fox jumps over a lazy dog.")],
    "mantas/dfxp_with_different_br.dfxp": [(0, 1000, "one\ntwo\nthree")],
    "mantas/ttml_with_duplicated_element_ids.ttml": [
        (n * 1000, n * 1000 + 1000, f"{word} line.") for n, word in enumerate(("First", "Second", "Third"))
    ],
    "mantas/ttml_with_multiple_divs.ttml": [
        (1464, 2423, _FILM[0][2]),
        (
            2423,
            5432,
            _FILM[1][2],
        ),  # by the standard at 3887 and never shown, as its div ends at 2423; there is a warning
        (10886, 10928, "CLUB SHOU-TIME"),
    ],
    **{f"astisub/{name}": _SHOW for name in ("example-in.ssa", "example-out-v4plus.ssa", "example-out.ttml")},
    **{f"astisub/{name}": _SHOW for name in ("example-out-no-indent.ttml", "example-in.srt", "example-in.vtt")},
    **{f"astisub/{name}": _SHOW for name in ("example-in-non-utf8.srt", "missing-sequence-in.srt")},
    "astisub/example-in-breaklines.ttml": [
        (0, 1000, "First line\nSecond line"),
        (1000, 2000, "Third line\nFourth line"),
        (2000, 3000, "Fifth line\nSixth middle line"),
        (3000, 4000, "Seventh line\nEighth middle line"),
    ],
    "astisub/example-in-merging-style.ttml": [
        (0, 60000, "text1.0 text1.1"),
        (60000, 120000, "text2"),
        (60000, 120000, "text2.1"),
        (120000, 180000, "text3"),
    ],
    **{f"astisub/example-{name}": _GREEK for name in ("in-html-entities.srt", "out-html-entities.srt")},
    **{f"subtitleedit/test.{suffix}": _TEST for suffix in ("ass", "ssa", "txt", "srt", "vtt")},
    "subsrt/sample.sbv": _BAKERY,
    "subsrt/sample.srt": [(_BAKERY[0][0], _BAKERY[0][1], _BAKERY[0][2].replace("\n", " ")), *_BAKERY[1:]],
    "subsrt/sample.sub": [  # their frames, at 23.976 a second
        (round(start * 1001 / 24), round(end * 1001 / 24), text)
        for (start, end), (_, _, text) in zip(
            [(14975, 104000), (104000, 169250), (169250, 272000), (272000, 417500), (417500, 537000)],
            [(0, 0, _BAKERY[0][2].replace("\n", " ")), *_BAKERY[1:]],
            strict=True,
        )
    ],
    "subsrt/sample.ass": [(1180, 6850, "Like an Angel with pity on nobody\nThe second line in subtitle")],
    "subsrt/sample.ssa": [(1180, 6850, "Like an angel with pity on nobody")],
    "subsrt/sample.lrc": [
        (12000, 17200, "Line 1 lyrics"),
        (17200, 21100, "F: Line 2 lyrics"),
        (21100, 24000, "M: Line 3 lyrics"),
        (24000, 28250, "Line 4 lyrics"),
        (28250, 29020, "D: Line 5 lyrics"),
        (29020, 33020, "Line 6 lyrics"),
    ],
    "subsrt/sample.smi": [
        (185113, 187035, "500년 전,"),
        (194272, 196304, "살려서는 안 될 인간의 목숨을 구했다"),
        (197135, 201159, "이 때문에, 그녀는 얼음연못에 감금되었다"),
        (201159, 204663, "밤낮으로 극심한 추위가 고통이었다"),
        (233201, 236535, "매일 연못 위를 맴돌았다"),
        (335453, 342460, "빨리! 빨리!"),
    ],
    "webvtt-py/sample.sbv": _CAPTIONS,
    "webvtt-py/missing_timeframe.sbv": [
        (378, 11378, "Caption text #1\nCaption text #2"),  # the second has no times; there is a warning
        (13489, 15489, "Caption text #3"),
        *_CAPTIONS[3:],
    ],
    "webvtt-py/two_captions.sbv": [_CAPTIONS[0], (11378, 12305, "Caption text #2 (line 1)\nCaption text #2 (line 2)")],
    **{
        f"webvtt-py/{name}.srt": [(start, end, f"Caption text #{n}") for n, (start, end) in enumerate(_COUNTED, 1)]
        for name in ("sample", "invalid_timeframe")  # the second has one dot for a comma
    },
    "webvtt-py/invalid_format1.srt": [],  # nothing but "1"; there is a warning
    "cdown_srt/ascii.srt": [(27000, 30730, "ascii"), (31500, 34100, "oh look"), (34100, 36570, "ascii everywhere")],
}


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "subtitles"


def _files(folder: Path) -> list[str]:
    """All files by their place in the folder, as its list names them."""
    rows = (folder / "manifest.tsv").read_text("utf-8").splitlines()[1:]
    return [row.partition("\t")[0] for row in rows]


def _read(folder: Path, file: str) -> Parsed | str:
    """What was read, or why not."""
    try:
        return read_any(decode_text((folder / file).read_bytes()), Path(file).name)
    except FormatError as error:
        return error.problem.what


def test_every_file_is_read_or_refused_as_named_here(folder: Path):
    files = _files(folder)
    assert len(files) == 517
    outcome: Counter[str] = Counter()
    for file in files:
        read = _read(folder, file)
        if file.endswith(".json") and file not in REFUSED:
            assert isinstance(read, str), file  # what others' tests expect, no transcript
            outcome["expectation"] += 1
        elif file in REFUSED:
            assert isinstance(read, str), file
            assert REFUSED[file] in read, file
            outcome["refused"] += 1
        else:
            assert isinstance(read, Parsed), (file, read)
            assert read.transcript.segments or read.warnings, file
            assert all(re.match(r"Line \d+: ", warning) for warning in read.warnings), file
            outcome["read"] += 1
    assert outcome == {"expectation": 229, "refused": 13, "read": 275}


def test_the_same_subtitles_come_out_of_every_format(folder: Path):
    for file, expected in CONTENTS.items():
        read = _read(folder, file)
        assert isinstance(read, Parsed), (file, read)
        assert [(s.start, s.end, s.text) for s in read.transcript.segments] == expected, file
    others = {f for f in _files(folder) if not f.endswith((".vtt", ".json"))} - CONTENTS.keys() - REFUSED.keys()
    assert others == {"astisub/example-out-styled.srt", "pysubs2/ttml_example2.ass", "pysubs2/ttml_example2.ttml"}


def test_timed_text_reads_as_its_makers_have_converted_it(folder: Path):
    """pysubs2 has cut the times to hundredths of a second."""
    timed, converted = (_read(folder, f"pysubs2/ttml_example2.{suffix}") for suffix in ("ttml", "ass"))
    assert isinstance(timed, Parsed)
    assert isinstance(converted, Parsed)
    assert len(timed.transcript.segments) == 10
    for found, expected in zip(timed.transcript.segments, converted.transcript.segments, strict=True):
        assert found.text == expected.text
        assert abs(found.start - expected.start) <= 5
        assert abs(found.end - expected.end) <= 5


def test_no_times_are_passed_over_in_silence(folder: Path):
    """Each line with an arrow is a subtitle that was read, or a warning names it."""
    arrows = 0
    for file in (f for f in _files(folder) if f.endswith((".vtt", ".srt")) and f not in REFUSED):
        read = _read(folder, file)
        assert isinstance(read, Parsed)
        lines = decode_text((folder / file).read_bytes()).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        named = {int(warning.split(":")[0][5:]) for warning in read.warnings}
        placed = [number for number, line in enumerate(lines, 1) if "-->" in line]
        arrows += len(placed)
        if file.endswith(".srt") or not lines[0].startswith(("WEBVTT", "\ufeffWEBVTT")):  # one lacks its signature
            assert len(read.transcript.segments) == len(placed), file
        else:
            found = {cue.line for cue in vtt.parse("\n".join(lines), lenient=True).cues}
            assert set(placed) <= found | named, file
            assert len(read.transcript.segments) >= len(found), file
    assert arrows == 873


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


def _assert_cues(file: Path, expected: Any) -> None:
    found = [(c.id, c.start / 1000, c.end / 1000, c.text) for c in _raw_cues(file)]
    assert found == [(c["id"], c["startTime"], c["endTime"], c["text"]) for c in expected["cues"]], file


def test_cues_are_those_that_vtt_js_expects(folder: Path):
    cases = _expected(folder, ".json")
    assert len(cases) == 93  # and one quirk
    for file, expected in cases:
        _assert_cues(file, expected)


def test_cues_are_those_that_vtt_js_expects_of_several_files(folder: Path):
    checked = 0
    for name, patterns in SHARED.items():
        expected = json.loads((folder / "vttjs" / name).read_text("utf-8"))
        files = [file for pattern in patterns for file in (folder / "vttjs").glob(pattern)]
        for file in (f for f in files if not f.with_suffix(".json").exists()):
            _assert_cues(file, expected)
            checked += 1
    assert checked == 36


def test_text_of_cues_is_that_of_the_dom_tree_of_vtt_js(folder: Path):
    cases = [(file, tree) for file, tree in _expected(folder, "-proc.json") if tree is not None]
    assert len(cases) == 119  # of four with time tags there is no tree, and one quirk
    for file, expected in cases:
        found = [_all_text(vtt_text.parse(c.text)) for c in _raw_cues(file)]
        assert found == [div["textContent"] for div in expected], file


def test_every_expectation_of_vtt_js_is_looked_at(folder: Path):
    own = {file.with_suffix("") for file in (folder / "vttjs").rglob("*.vtt")}
    shared = {folder / "vttjs" / name for name in SHARED}
    for file in (folder / "vttjs").rglob("*.json"):
        assert file in shared or file.with_name(file.stem.removesuffix("-proc")) in own, file


def test_cues_of_files_are_those_of_the_web_platform_tests(folder: Path):
    place = folder / "webvttjs" / "wpt-file-parsing"
    assert {file.stem for file in place.iterdir()} == WPT_FILES.keys()
    for name, count in WPT_FILES.items():
        cues = _raw_cues(place / f"{name}.vtt")
        assert len(cues) == count, name
        if not name.startswith("settings"):  # there, cues whose settings are invalid are shown all the same
            assert all(re.fullmatch(r"\ufffd?text\ufffd?\d*|valid\d*", c.text) for c in cues), name


def test_cue_trees_are_those_of_the_web_platform_tests(folder: Path):
    files = sorted((folder / "webvttjs" / "wpt-cue-parsing").glob("*.json"))
    assert len(files) == 3
    for file in files:
        for case in json.loads(file.read_text("utf-8")):
            tree = "".join(f"{line}\n" for line in _dump(vtt_text.parse(case["text"].removesuffix("\n"))))
            assert tree == case["expectedTree"], case["text"]


def test_nothing_in_real_captions_is_lost(folder: Path):
    """As many subtitles as lines with times, without a word of warning about text."""
    files = sorted((folder / "ableplayer").glob("*.vtt"))
    assert len(files) > 20
    for file in files:
        text = decode_text(file.read_bytes())
        parsed = read_any(text, file.name)
        assert len(parsed.transcript.segments) == text.count("-->"), file
        assert [w for w in parsed.warnings if "not kept" not in w] == [], file


READERS: dict[str, Callable[[str], Parsed]] = {f".{f.id}": f.read for f in FORMATS.values() if f.read} | READ_ONLY


def test_damaged_files_make_no_reader_fail_in_another_way_than_by_its_own_error(folder: Path):
    """Real files cut short, with bytes changed, lines swapped or doubled; by name and by each reader."""
    chance = random.Random(1)
    damaged = 0
    for file in (f for f in _files(folder) if not f.endswith((".vtt", ".json")) or chance.random() < 0.1):
        data = (folder / file).read_bytes()[:20_000]
        for damage in (_cut, _flipped, _shuffled, _cut, _flipped):
            text = decode_text(damage(data, chance))
            suffix = Path(file).suffix
            for read in (lambda text, name=file: read_any(text, name), READERS.get(suffix, FORMATS["srt"].read)):
                parsed, refusal = _attempt(read, text)
                if parsed:
                    assert all(s.end >= s.start >= 0 for s in parsed.transcript.segments), file
                else:
                    assert "Line " in refusal or "is empty" in refusal or suffix == ".json", file
                damaged += 1
    assert damaged > 600


def _attempt(read: Callable[[str], Parsed], text: str) -> tuple[Parsed | None, str]:
    try:
        return read(text), ""
    except FormatError as error:
        return None, error.problem.what


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(min(len(data), chance.randrange(1, 12))):
        changed[chance.randrange(len(changed))] = chance.choice(b"0123456789:,.-<>{}[]\\/&\n\0\xff ak")
    return bytes(changed)


def _shuffled(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    return b"\n".join(chance.choices(lines, k=len(lines) + chance.randrange(3)))


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
