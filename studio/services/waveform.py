"""Peaks of a recording for the waveform: read when a job has decoded it, kept by content."""

from __future__ import annotations

from studio import media
from studio.core.errors import StorageError
from studio.core.jobs import Job

from .studio import Studio


def load_peaks(studio: Studio, job: Job) -> media.Peaks | None:
    """The peaks of a job's recording, None while it has not been read yet (or the file is gone)."""
    file = studio.home.peaks_file(job.content_id, job.options.track)
    if not file.exists():
        return None
    try:
        return media.Peaks.load(file)
    except StorageError:  # damaged: the next job on the recording makes them anew
        return None
