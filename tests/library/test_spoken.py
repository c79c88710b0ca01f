"""Speech is kept by what it says and who says it: whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import StorageError
from studio.core.speaking import SpokenWord
from studio.library import spoken
from studio.library.spoken import Kept, SpokenStore


def speech(seconds: float = 0.5, pitch: int = 220) -> Kept:
    samples = 0.3 * np.sin(np.arange(int(24_000 * seconds)) / 24_000 * 2 * np.pi * pitch)
    return Kept(samples.astype(np.float32), 24_000, (SpokenWord(0, 5, 10, 200), SpokenWord(6, 11, 200, 480)))


def test_what_is_kept_comes_back_as_it_was(tmp_path: Path) -> None:
    store = SpokenStore(tmp_path / "Gesprochenes für Ärzte")
    store.put("ab12", speech())
    found = store.get("ab12")
    assert found is not None
    assert (found.rate, found.words) == (24_000, speech().words)
    assert np.abs(found.samples - speech().samples).max() < 1 / 30_000
    assert store.get("ab13") is None


def test_the_key_tells_apart_whatever_changes_the_sound() -> None:
    first = spoken.key({"voice": "heart", "text": "grün"})
    assert spoken.key({"text": "grün", "voice": "heart"}) == first
    assert spoken.key({"voice": "heart", "text": "grun"}) != first


def test_what_was_not_heard_for_longest_gives_way(tmp_path: Path) -> None:
    size = 0
    for n in range(4):
        SpokenStore(tmp_path).put(f"{n}a", speech(pitch=200 + n))
        path = next(tmp_path.glob(f"*/{n}a.flac"))
        size = path.stat().st_size
        os.utime(path, (1_000 + n, 1_000 + n))
    store = SpokenStore(tmp_path, room=round(size * 1.5))
    assert store.get("1a") is not None  # heard: the latest now
    store.tidy()
    assert [n for n in range(4) if store.get(f"{n}a")] == [1]
    assert len(list(tmp_path.rglob("*.json"))) == 1


@pytest.mark.parametrize("damage", ["cut", "empty", "no words", "words of another kind"])
def test_what_was_damaged_counts_as_never_made(tmp_path: Path, damage: str) -> None:
    store = SpokenStore(tmp_path)
    store.put("ab", speech())
    sound = next(tmp_path.rglob("*.flac"))
    if damage == "cut":
        sound.write_bytes(sound.read_bytes()[:30])
    elif damage == "empty":
        sound.write_bytes(b"")
    elif damage == "no words":
        sound.with_suffix(".json").unlink()
    else:
        sound.with_suffix(".json").write_text('{"a": 1}')
    assert store.get("ab") is None
    store.put("ab", speech())
    assert store.get("ab") is not None


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size there")
def test_a_full_disk_is_told_and_nothing_half_is_kept(tmp_path: Path) -> None:
    script = f"""
import resource, signal
from pathlib import Path
from tests.library.test_spoken import speech
from studio.core.errors import StorageError
from studio.library.spoken import SpokenStore
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))
store = SpokenStore(Path({str(tmp_path)!r}))
try:
    store.put("ab", speech())
except StorageError as error:
    print(error)
print(store.get("ab"))
"""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True).stdout
    assert "Speech cannot be kept" in done
    assert done.strip().endswith("None")
    assert not list(tmp_path.rglob("*.flac*"))


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "speech").write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="Speech cannot be kept"):
        SpokenStore(tmp_path / "speech").put("ab", speech())
