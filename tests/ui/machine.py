"""A screen and a sound card of one's own, for programs that a test or a benchmark starts.

Needs Xvfb, openbox, pulseaudio and its parec.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.float64]

_PATIENCE = 15  # seconds


@contextlib.contextmanager
def card(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of programs that play to a card nobody hears but us. `folder` is theirs alone."""
    folder.chmod(0o700)
    socket = folder / "pulse.sock"
    env = {k: v for k, v in os.environ.items() if k not in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS")}
    env |= {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "PULSE_SERVER": f"unix:{socket}"}
    server = [
        *("pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"),
        f"--load=module-native-protocol-unix socket={socket} auth-anonymous=1",
        "--load=module-null-sink sink_name=ci",
    ]
    with _running(server, env):
        _until(socket.exists, "the sound server is up")
        yield env | {"QT_QPA_PLATFORM": "offscreen"}


@contextlib.contextmanager
def screen(folder: Path) -> Iterator[dict[str, str]]:
    """The same with a screen and a window manager."""
    with card(folder) as env:
        read, write = os.pipe()
        server = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
        server += ["-fbdir", str(folder)]
        with _running(server, env, write):
            os.close(write)
            with os.fdopen(read) as numbers:
                env = env | {"DISPLAY": f":{numbers.readline().strip()}", "QT_QPA_PLATFORM": "xcb"}
            with _running(["openbox"], env):
                yield env


def picture(env: dict[str, str]) -> npt.NDArray[np.uint8]:
    """What the screen shows: shape (height, width, 4), blue, green, red. Xvfb keeps it in a file like those of xwd."""
    raw = np.fromfile(Path(env["XDG_RUNTIME_DIR"]) / "Xvfb_screen0", np.uint8)
    head = raw[:100].view(">u4")
    (size, width, height), stride, colours = head[[0, 4, 5]].tolist(), int(head[12]), int(head[19])
    lines = raw[size + 12 * colours :][: stride * height].reshape(height, stride)
    return lines[:, : 4 * width].reshape(height, width, 4).copy()


class Recorder:
    """Listens to what the sound card plays, from now on; 16 bits, one channel."""

    def __init__(
        self, env: dict[str, str], path: Path, rate: int, latency: int = 50, source: str = "ci.monitor"
    ) -> None:
        self.path, self._file = path, path.open("wb")
        form = ("--format=s16le", f"--rate={rate}", "--channels=1", "--raw", f"--latency-msec={latency}")
        self._process = subprocess.Popen(["parec", "-d", source, *form], env=env, stdout=self._file)
        _until(lambda: path.stat().st_size, "the recorder records")

    def heard(self, least: float = 0.003) -> Sound:
        """What was louder than `least`, from the first such moment on; -1..1."""
        raw = self.raw()
        loud = np.flatnonzero(np.abs(raw) > least)
        return raw[loud[0] :] if len(loud) else raw[:0]

    def raw(self) -> Sound:
        return np.fromfile(self.path, np.int16) / 32768

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._file.close()


@contextlib.contextmanager
def _running(command: list[str], env: dict[str, str], keep: int | None = None) -> Iterator[None]:
    """`keep`: a file descriptor that the process takes over."""
    keeps = () if keep is None else (keep,)
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=keeps)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _until(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < end, f"not within {_PATIENCE} s: {what}"
        os.sched_yield()
