"""Who speaks when: the child's side. pyannote.audio 4 with weights from this disk only.

Runs in the child process of `speakers.Pyannote`; the pipeline itself on a second thread there, so that its progress
can be sent while it works. The recording is mapped, not read: pyannote cuts its windows out of 16-bit samples, and
each model turns them into floats as they come in. The parent has set PYANNOTE_METRICS_ENABLED=0 before this module is
imported (see child.ENVIRONMENT): pyannote's telemetry is on otherwise.
"""

from __future__ import annotations

import math
import os
import queue
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pyannote.core import SlidingWindowFeature

from studio.core.errors import DeviceError, ModelError
from studio.core.transcript import Turn
from studio.engines.base import SAMPLE_RATE, Fraction, Turns

from . import campplus
from .wav import Samples, map_wav

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # torchcodec needs a system FFmpeg to decode files; we hand over samples
    from pyannote.audio import Model, Pipeline
    from pyannote.audio.core.plda import PLDA
    from pyannote.audio.pipelines.clustering import AgglomerativeClustering
    from pyannote.audio.pipelines.speaker_diarization import SpeakerDiarization

Array = NDArray[Any]

# The parameters, all in one place. Threshold, method and durations are those of pyannote 3.1, which were tuned by its
# authors for another embedding; here they were only checked: pyannote's sample gives the same DER from 0.6 to 0.9.
STEP = 0.1  # of the 10 s window; 0.2 costs half, but the sample's DER rises from 5.2 to 7.1 %
THRESHOLD = 0.7045
MIN_CLUSTER = 12  # windows that a voice must be heard in
MAX_CLUSTERED = 6_000  # embeddings that are clustered, the others go to the nearest: memory grows with the square
SEGMENTATION_BATCH = 4
EMBEDDING_BATCH = 12  # the three voices of four windows
SEGMENTATION_SHARE = 0.25  # of the whole time
NEWS = 0.005  # smallest progress worth telling


class Session:
    """One pipeline, ready for any number of recordings.

    Raises ModelError when it cannot be loaded, DeviceError when the graphics card does not take it.
    """

    def __init__(self, segmentation: Path, embedding: Path, community: Path | None, device: str, threads: int) -> None:
        # every length of speech makes another set of primitives; the default, 1024 sets, holds hundreds of MB
        os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"] = "16"
        # see Voices; pyannote's own pipeline has no threads but torch's
        self._torch_threads = threads if community else 1
        try:
            if community is not None:
                self._pipeline = Pipeline.from_pretrained(community)
            else:
                self._pipeline = offline_pipeline(segmentation, embedding, threads)
        except Exception as error:
            what = "The models that tell speakers apart cannot be loaded."
            hint = "Remove them under Models and fetch them again."
            raise ModelError(what, hint, f"{type(error).__name__}: {error}") from error
        for model in (self._pipeline._segmentation.model, self._pipeline._embedding.model_):
            model.register_forward_pre_hook(_as_floats)
        try:
            self._device = torch.device(device)
            self._pipeline.to(self._device)
        except (RuntimeError, AssertionError) as error:
            raise _card_failed(error) from error

    def diarize(self, audio: Path, speakers: int | None) -> Iterator[Fraction | Turns]:
        samples = map_wav(audio)
        if not len(samples):
            yield Turns(())
            return
        news: queue.Queue[Fraction | Turns | BaseException] = queue.Queue()
        threading.Thread(target=self._run, args=(samples, speakers, news), name="pyannote", daemon=True).start()
        while True:
            item = news.get()
            if isinstance(item, BaseException):
                raise item
            yield item
            if isinstance(item, Turns):
                return

    def _run(self, samples: Samples, speakers: int | None, news: queue.Queue[Any]) -> None:
        told = 0.0

        def hook(step: str, _: Any, completed: int = 0, total: int = 0, **__: Any) -> None:
            nonlocal told
            if not total:
                return
            part = min(1.0, int(completed) / total)
            share = SEGMENTATION_SHARE
            done = share * part if step == "segmentation" else share + (1 - share) * part
            if done - told >= NEWS:
                told = done
                news.put(Fraction(done))

        try:
            torch.set_num_threads(self._torch_threads)  # counts for each thread on its own
            file = {"waveform": torch.from_numpy(samples)[None], "sample_rate": SAMPLE_RATE}
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of empty means and too few speakers in short recordings
                output = self._pipeline(file, num_speakers=speakers, hook=hook)
            news.put(Turns(_turns(output.speaker_diarization, len(samples) * 1000 // SAMPLE_RATE)))
        except (RuntimeError, MemoryError) as error:
            news.put(_card_failed(error) if self._device.type == "cuda" else error)
        except BaseException as error:
            news.put(error)


def _card_failed(error: Exception) -> DeviceError:
    what = "The graphics card cannot be used to tell speakers apart."
    return DeviceError(what, "Choose the processor as device.", f"{type(error).__name__}: {error}")


def _as_floats(_: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
    waveforms, *rest = args
    return (waveforms.float() / 32768 if waveforms.dtype == torch.int16 else waveforms, *rest)


def _turns(annotation: Any, duration: int) -> tuple[Turn, ...]:
    """Turns in order of time, cut at the end of the recording (the last window is padded), voices counted up."""
    names: dict[str, str] = {}
    turns = []
    for track, _, label in annotation.itertracks(yield_label=True):
        start, end = round(track.start * 1000), min(round(track.end * 1000), duration)
        if start < end:
            turns.append(Turn(start, end, names.setdefault(label, f"S{len(names) + 1}")))
    return tuple(turns)


def offline_pipeline(segmentation: Path, embedding: Path, threads: int) -> SpeakerDiarization:
    pipeline = Diarization(
        segmentation=Model.from_pretrained(segmentation),
        segmentation_step=STEP,
        embedding=Voices(campplus.load(embedding), threads),
        embedding_exclude_overlap=True,
        clustering="AgglomerativeClustering",
        plda=PLDA.__new__(PLDA),  # not used by this clustering, but fetched from the hub if none is given
        segmentation_batch_size=SEGMENTATION_BATCH,
        embedding_batch_size=EMBEDDING_BATCH,
    )
    pipeline.clustering = Clustering(metric="cosine")
    return pipeline.instantiate(
        {
            "segmentation": {"min_duration_off": 0.0},
            "clustering": {"method": "centroid", "min_cluster_size": MIN_CLUSTER, "threshold": THRESHOLD},
        }
    )


class Voices(Model):
    """CAM++ as pyannote asks for it: waveforms (batch, 1, samples), weights (batch, frames) -> (batch, 192)."""

    dimension = campplus.SIZE

    def __init__(self, network: campplus.CAMPlusPlus, threads: int) -> None:
        super().__init__(sample_rate=campplus.SAMPLE_RATE)
        self.network = network
        # Voices side by side, each on one thread: torch's own threads wait for each other by spinning, which on a
        # busy computer was seen to take twenty times as long.
        self._pool = ThreadPoolExecutor(threads, "embedding", lambda: torch.set_num_threads(1))

    def forward(self, waveforms: torch.Tensor, weights: torch.Tensor | None = None) -> torch.Tensor:
        """NaN where a voice is heard for less than a tenth of a second; ValueError if there is no more at all."""
        spoken = []
        features = waveforms
        for i, (waveform,) in enumerate(waveforms):
            # the voices of one window follow each other
            if i == 0 or not torch.equal(waveform, waveforms[i - 1, 0]):
                features = campplus.fbank(waveform)
            spoken.append(features if weights is None else features[_heard(weights[i], len(features))])
        if weights is None and len(spoken[0]) < campplus.MIN_FRAMES:
            raise ValueError("too short")  # pyannote finds out by trying what is long enough
        return torch.stack(list(self._pool.map(self._embed, spoken)))

    @torch.inference_mode()
    def _embed(self, features: torch.Tensor) -> torch.Tensor:
        if len(features) < campplus.MIN_FRAMES:
            return features.new_full((campplus.SIZE,), math.nan)
        embedding: torch.Tensor = self.network((features - features.mean(0))[None])[0]
        return embedding


def _heard(weights: torch.Tensor, frames: int) -> torch.Tensor:
    """Weights (0..1 in steps of the segmentation) as a mask over feature frames."""
    return torch.nn.functional.interpolate(weights[None, None], size=frames, mode="nearest")[0, 0] > 0.5


class Clustering(AgglomerativeClustering):
    """Clusters a thinned-out selection of a long recording; pyannote then gives all others to the nearest voice."""

    def filter_embeddings(self, *args: Any, **kwargs: Any) -> tuple[Array, Array, Array]:
        embeddings, chunks, speakers = super().filter_embeddings(*args, **kwargs)
        if len(embeddings) <= MAX_CLUSTERED:
            return embeddings, chunks, speakers
        # by lot, the same every time: every n-th would leave out a voice that speaks in step with n
        chosen = np.sort(np.random.default_rng(0).choice(len(embeddings), MAX_CLUSTERED, replace=False))
        return embeddings[chosen], chunks[chosen], speakers[chosen]


class Diarization(SpeakerDiarization):
    """pyannote's pipeline with a last step that needs little memory and invents nobody."""

    def reconstruct(
        self, segmentations: SlidingWindowFeature, hard_clusters: Array, count: SlidingWindowFeature
    ) -> SlidingWindowFeature:
        """Who talks in each frame: the `count` voices that most windows heard there, as (frames, voices) of 0 and 1.

        pyannote's own keeps all windows times all voices in memory and fills up `count` with voices that no window
        heard in that frame.
        """
        votes = np.zeros((len(count), np.max(hard_clusters) + 1), np.float32)
        frames = count.sliding_window
        for voices, (window, activity) in zip(hard_clusters, segmentations, strict=False):
            start = frames.closest_frame(window.start + 0.5 * frames.duration)
            for voice in set(voices[voices >= 0]):
                votes[start : start + len(activity), voice] += activity[:, voices == voice].max(axis=1)
        ranks = np.argsort(np.argsort(-votes, axis=1, kind="stable"), axis=1)
        return SlidingWindowFeature(((ranks < count.data) & (votes > 0)).astype(np.float32), frames)
