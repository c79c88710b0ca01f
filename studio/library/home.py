"""Where the program keeps its files. `STUDIO_HOME` overrides the system's place, models included."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from studio.core.errors import StorageError


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one user. Everything here is private to the user (mode 0700)."""

    root: Path

    @staticmethod
    def default() -> Home:
        """The home named by STUDIO_HOME, else the system's data folder; made if it is missing."""
        chosen = os.environ.get("STUDIO_HOME")
        root = Path(chosen).expanduser() if chosen else Path(platformdirs.user_data_dir("transcription-studio", False))
        return Home(root).prepared()

    def prepared(self) -> Home:
        """Make the folders. Raises StorageError with the way out."""
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (self.audio, self.peaks, self.cleaned, self.run):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as e:
            raise StorageError(
                f"The folder “{self.root}” for the program's own files cannot be made: {e.strerror or e}.",
                "Set STUDIO_HOME to a folder that you may write to.",
                repr(e),
            ) from e
        return self

    @property
    def database(self) -> Path:
        return self.root / "library.sqlite3"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def audio(self) -> Path:
        """Decoded sound of unfinished jobs."""
        return self.root / "audio"

    @property
    def peaks(self) -> Path:
        return self.root / "peaks"

    @property
    def spoken(self) -> Path:
        """Speech that was made from text."""
        return self.root / "speech"

    @property
    def replies(self) -> Path:
        """What vendors sent that was ordered outside of jobs, as it came."""
        return self.root / "replies"

    @property
    def enhanced(self) -> Path:
        """Recordings whose noise a vendor has taken out."""
        return self.root / "enhanced"

    @property
    def cleaned(self) -> Path:
        """Recordings without their noise, to be listened to."""
        return self.root / "cleaned"

    @property
    def run(self) -> Path:
        """Locks that tell which processes are alive."""
        return self.root / "run"

    @property
    def keys(self) -> Path:
        """Keys of accounts, where the user agreed to a file."""
        return self.root / "keys.json"

    @property
    def log(self) -> Path:
        return self.root / "studio.log"

    def audio_file(self, job_id: int) -> Path:
        return self.audio / f"{job_id}.wav"

    def part_file(self, job_id: int, part: int, suffix: str) -> Path:
        """Encoded sound of an unfinished job, to be sent."""
        return self.audio / f"{job_id}.part{part}{suffix}"

    def cleaned_file(self, content_id: str, track: int, how: str) -> Path:
        return self.cleaned / f"{content_id[:32]}-{track}-{how}.flac"

    def peaks_file(self, content_id: str, track: int) -> Path:
        return self.peaks / f"{content_id[:32]}-{track}.peaks"
