"""Files are written whole or not at all, and never over others without being asked."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from studio.core.cues import CueRules
from studio.core.errors import FormatError, StorageError, UsageError
from studio.core.transcript import Segment, Transcript, Word, default_speakers
from studio.formats import FORMATS, WriteOptions
from studio.services.export import (
    IfExists,
    TextStyle,
    broken_rules,
    conflicts,
    encoded,
    export,
    format_of,
    free_version,
    part_of,
    preview,
    read_file,
    target,
    write_file,
)

WORDS = (Word("Grüße", 0, 500, 0.9), Word("aus", 600, 800, 0.9), Word("Köln.", 900, 1500, 0.9))
TALK = Transcript((Segment.from_words(WORDS, "S1", 1),), default_speakers(["S1"]), "de", 2000)


def test_each_format_is_written_and_read_back(tmp_path: Path) -> None:
    stem = "Gespräch 日本 🎙"
    files = export(TALK, tmp_path / "neu", stem, FORMATS)
    assert [f.name for f in files] == [f"{stem}{f.suffix}" for f in FORMATS.values()]
    for file, format in zip(files, FORMATS.values(), strict=True):
        assert file.stat().st_size > 20
        assert format_of(file) == format.id
        if format.read:
            assert read_file(file).transcript.text == "Grüße aus Köln."
    assert sorted(p.name for p in (tmp_path / "neu").iterdir()) == sorted(f.name for f in files), "nothing else is left"


def test_nothing_is_overwritten_without_being_asked(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text("mine")
    with pytest.raises(StorageError, match=r"a\.srt.* is already in"):
        export(TALK, tmp_path, "a", ["txt", "srt"])
    assert (tmp_path / "a.srt").read_text() == "mine"
    assert not (tmp_path / "a.txt").exists(), "all or nothing"
    assert conflicts(tmp_path, "a", ["txt", "srt"]) == [tmp_path / "a.srt"]


def test_keep_both_and_replace(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("mine")
    assert export(TALK, tmp_path, "a", ["txt"], if_exists=IfExists.KEEP_BOTH) == [tmp_path / "a (2).txt"]
    assert export(TALK, tmp_path, "a", ["txt"], if_exists=IfExists.KEEP_BOTH) == [tmp_path / "a (3).txt"]
    export(TALK, tmp_path, "a", ["txt"], if_exists=IfExists.REPLACE)
    assert "Köln" in (tmp_path / "a.txt").read_text("utf-8")


def test_a_name_of_250_characters_is_shortened(tmp_path: Path) -> None:
    stem = "ü" * 250
    (file,) = export(TALK, tmp_path, stem, ["json"])
    assert file.exists()
    assert file == target(tmp_path, stem, "json")


@pytest.mark.skipif(os.name != "posix", reason="needs a limit of the system")
def test_a_full_disk_leaves_the_old_file_and_nothing_half_written(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("mine")
    script = textwrap.dedent(
        """
        import pathlib, resource, signal, sys
        from studio.core.errors import StorageError
        from studio.services.export import IfExists, write_file
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            write_file(pathlib.Path(sys.argv[1]), "x" * 5000, IfExists.REPLACE)
        except StorageError as e:
            print(e)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "a.txt")], capture_output=True, text=True, check=True
    )
    assert "the disk is full" in done.stdout
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="“sub” cannot be written"):
        export(TALK, tmp_path / "file" / "sub", "a", ["txt"])


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    with pytest.raises(StorageError, match="you may not write there"):
        write_file(folder / "a.txt", "text", IfExists.REFUSE)


def test_a_link_keeps_pointing_where_it_points(tmp_path: Path) -> None:
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    link.symlink_to(real)
    write_file(link, "new", IfExists.REPLACE)
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_reading_names_the_file(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"format": "transcription-studio", "version": 1, "segments": 7}')
    with pytest.raises(FormatError, match=r"“bad\.json”"):
        read_file(bad)
    with pytest.raises(StorageError, match=r"“gone\.srt” cannot be read"):
        read_file(tmp_path / "gone.srt")
    with pytest.raises(UsageError, match="of no known format"):
        format_of(tmp_path / "a.xyz")


def test_text_can_be_stored_as_old_programs_want_it(tmp_path: Path) -> None:
    style = TextStyle("cp1252", "\r\n")
    txt, vtt, pdf = export(TALK, tmp_path, "a", ["txt", "vtt", "pdf"], style=style)
    assert txt.read_bytes() == "Speaker 1: Grüße aus Köln.\r\n".encode("cp1252")
    assert "Grüße".encode() in vtt.read_bytes(), "WebVTT is UTF-8"
    assert b"\r\n" in vtt.read_bytes()
    assert pdf.read_bytes().startswith(b"%PDF")
    (marked,) = export(TALK, tmp_path, "b", ["csv"], style=TextStyle("utf-8-sig"))
    assert marked.read_bytes().startswith(b"\xef\xbb\xbfnumber,start")


def test_what_an_encoding_lacks_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    talk = Transcript((Segment(0, 1000, "Grüße."), Segment(5000, 6000, "Привет.")))
    with pytest.raises(FormatError, match="“П” in line 3 does not exist in Windows-1252"):
        export(talk, tmp_path / "neu", "a", ["vtt", "txt"], style=TextStyle("cp1252"))
    assert not (tmp_path / "neu").exists()
    assert encoded("a\nb\n", TextStyle("utf-8", "\r\n")) == b"a\r\nb\r\n"


def test_a_format_that_cannot_hold_it_is_named_before_anything_is_written(tmp_path: Path) -> None:
    nobody = Transcript((Segment(0, 1000, "Hello."),))
    with pytest.raises(FormatError, match="Speaker turns: This transcript does not say who speaks"):
        export(nobody, tmp_path, "a", ["txt", "rttm"])
    assert list(tmp_path.iterdir()) == []


def test_a_part_may_begin_at_zero() -> None:
    talk = TALK.with_segments((*TALK.segments, Segment(5000, 6000, "Ja.", (Word("Ja.", 5100, 5900),), "S2", id=2)))
    assert part_of(talk, None) is talk
    part = part_of(talk, [2])
    assert (part.segments, part.speakers, part.duration) == (talk.segments[1:], (), 2000)
    moved = part_of(talk, [2, 99], from_zero=True)
    assert moved.segments == (Segment(0, 1000, "Ja.", (Word("Ja.", 100, 900),), "S2", id=2),)
    assert moved.duration == 1000


def test_versions_count_what_lies_in_the_folder(tmp_path: Path) -> None:
    assert free_version(tmp_path, lambda n: f"a_v{n}") == 1
    export(TALK, tmp_path, "a_v1", ["txt"])
    export(TALK, tmp_path, "a_v2", ["docx"])
    assert free_version(tmp_path, lambda n: f"a_v{n}") == 3
    assert free_version(tmp_path, lambda n: "a_v1") == 1, "a name without a version has no second"


def test_rules_that_stay_broken_are_counted() -> None:
    fast = Segment(0, 1000, "Eins zwei drei vier fünf sechs sieben acht.", (), None, id=5)
    talk = Transcript((fast, Segment(1010, 3000, "Ja.", (), None, id=6)))
    found = broken_rules(talk, WriteOptions(CueRules(), recut=False))
    assert found.cues == 2
    assert dict(found.kinds) == {"too fast": 1, "gap": 1}
    assert found.segments == (0, 1)
    assert broken_rules(TALK, WriteOptions()).cues == 0


def test_a_preview_shows_text_or_the_reason_against_it() -> None:
    assert preview(TALK, "txt", WriteOptions()) == "Speaker 1: Grüße aus Köln.\n"
    assert "Speaker 1  0:00:00\nGrüße aus Köln." in preview(TALK, "docx", WriteOptions())
    assert "no times" in preview(Transcript((Segment(0, 0, "Hello."),)), "srt", WriteOptions())
