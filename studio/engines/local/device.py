"""Which device the engines use. Runs on the thread that asks; what may crash or hang runs in a child process.

CTranslate2 needs the CUDA 12 libraries, which the `cuda` extra installs as packages: nothing finds them there unless
they are loaded by path beforehand (`preload_cuda`).
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import importlib.util
import os
import platform
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import DeviceError, UsageError
from studio.core.jobs import Stopped, StopReason, StopToken

from .child import Child

PROBE_SECONDS = 20.0
CUBLAS = "cublas64_12.dll" if sys.platform == "win32" else "libcublas.so.12"
DRIVER = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
# traces of an NVIDIA driver; the last is the one of the Windows Subsystem for Linux
DRIVER_FILES = ("/dev/nvidiactl", "/proc/driver/nvidia/version", "C:/Windows/System32/nvcuda.dll", "/dev/dxg")
PRELOAD = ("libcublasLt.so.12", "libcublas.so.12")  # the second needs the first; Whisper needs no cuDNN


@dataclass(frozen=True, slots=True)
class Device:
    kind: str  # "cpu" or "cuda"
    name: str  # "AMD Ryzen 7 7840U", "NVIDIA GeForce RTX 4070"
    why: str = ""  # a sentence for the user where the processor is used because the graphics card cannot be


@dataclass(frozen=True, slots=True)
class Machine:
    """What `studio doctor` tells about this computer."""

    cpu: str
    cores: int  # physical
    threads: int
    memory: int | None  # bytes, None if not known
    gpu: str  # name of the usable graphics card, "" if there is none
    gpu_problem: str  # why there is none, a sentence


def choose(device: str) -> Device:
    """The device for "auto", "cpu" or "cuda".

    Raises DeviceError when "cuda" was asked for and does not work, UsageError for any other word.
    """
    if device not in ("auto", "cpu", "cuda"):
        raise UsageError(f"“{device}” is no device.", "Choose auto, cpu or cuda.")
    if device == "cpu":
        return Device("cpu", cpu_name())
    found = probe_gpu()
    if isinstance(found, str):
        return Device("cuda", found)
    if device == "cuda":
        raise found
    return Device("cpu", cpu_name(), f"{found.problem.what} The processor is used.")


def describe() -> Machine:
    found = probe_gpu()
    name, problem = (found, "") if isinstance(found, str) else ("", found.problem.sentence)
    return Machine(cpu_name(), physical_cores(), os.cpu_count() or 1, memory(), name, problem)


def has_driver() -> bool:
    """Whether there are traces of an NVIDIA driver; looking costs nothing."""
    return any(Path(file).exists() for file in DRIVER_FILES)


@functools.cache
def probe_gpu() -> str | DeviceError:
    """The name of the graphics card if it really computes, else the reason why not. Asks once per process."""
    if not has_driver():
        return DeviceError("There is no NVIDIA graphics card with a driver here.", "Use the processor.")
    return ask(Child(f"{__name__}:Probe", subject="The test of the graphics card", death=DeviceError), PROBE_SECONDS)


def ask(child: Child, seconds: float) -> str | DeviceError:
    """The answer of a probe; a crash or a silence of `seconds` is an answer too."""
    stop = StopToken()
    timer = threading.Timer(seconds, stop.request, [StopReason.CANCEL])
    timer.start()
    try:
        answer: str = next(child.call("test", stop))
        return answer
    except Stopped:
        return DeviceError("The graphics card does not answer.", "Use the processor, or restart the computer.")
    except DeviceError as error:
        return DeviceError(error.problem.what, "Use the processor, or mend the driver.", error.problem.detail)
    finally:
        timer.cancel()
        child.close()


class Probe:
    """Runs in a child process: a multiplication on the graphics card by the libraries that Whisper will use."""

    def test(self) -> Iterator[str]:
        """Yields the name of the card. Raises DeviceError with the reason."""
        import ctranslate2
        import numpy as np

        preload_cuda()
        try:
            name, cards = card_name(), ctranslate2.get_cuda_device_count()
        except (OSError, RuntimeError) as error:
            what = "The driver of the graphics card does not work."
            raise DeviceError(what, "Install it again.", str(error)) from error
        if not cards:
            raise DeviceError("The driver of the graphics card is there, but no card that it can use.")
        try:
            cublas = ctypes.CDLL(CUBLAS)
        except OSError as error:
            what = f"The graphics card is there but the CUDA library {CUBLAS} is not: install the `cuda` extra."
            raise DeviceError(what, 'pip install "transcription-studio[cuda]"', str(error)) from error
        card, host = ctranslate2.Device.cuda, ctranslate2.Device.cpu
        ones = ctranslate2.StorageView.from_array(np.ones((2, 2), np.float32)).to_device(card)
        result = ctranslate2.StorageView.from_array(np.zeros((2, 2), np.float32)).to_device(card)
        multiply(cublas, ones.__cuda_array_interface__["data"][0], result.__cuda_array_interface__["data"][0])
        if not (np.array(result.to_device(host)) == 2).all():
            raise DeviceError(f"The graphics card “{name}” computes wrongly.")
        yield name


def multiply(cublas: ctypes.CDLL, ones: int, result: int) -> None:
    """result = ones · ones, both 2 by 2 float32 at these addresses on the card."""
    handle = ctypes.c_void_p()
    one, zero = ctypes.byref(ctypes.c_float(1)), ctypes.byref(ctypes.c_float(0))
    a, c = ctypes.c_void_p(ones), ctypes.c_void_p(result)
    status = cublas.cublasCreate_v2(ctypes.byref(handle))
    status = status or cublas.cublasSgemm_v2(handle, 0, 0, 2, 2, 2, one, a, 2, a, 2, zero, c, 2)
    status = status or cublas.cublasDestroy_v2(handle)  # waits for the card
    if status:
        raise DeviceError("The graphics card failed in a test computation.", detail=f"cuBLAS status {status}")


def preload_cuda() -> None:
    """Load the CUDA 12 libraries from their packages, where there are any. For child processes only."""
    nvidia = importlib.util.find_spec("nvidia")
    for folder in nvidia.submodule_search_locations or () if nvidia else ():
        for name in PRELOAD:
            for library in Path(folder).glob(f"*/lib/{name}"):
                with contextlib.suppress(OSError):  # what is missing shows when it is used
                    ctypes.CDLL(str(library), ctypes.RTLD_GLOBAL)


def card_name() -> str:
    driver = ctypes.CDLL(DRIVER)
    name = ctypes.create_string_buffer(100)
    driver.cuInit(0)
    driver.cuDeviceGetName(name, len(name), 0)
    return name.value.decode(errors="replace")


@functools.cache
def cpu_name() -> str:
    return _cpuinfo("model name")[0] if _cpuinfo("model name") else platform.processor() or platform.machine()


@functools.cache
def physical_cores() -> int:
    """Cores that this process may use; two threads of one core count once. At least 1."""
    cores = set(zip(_cpuinfo("physical id"), _cpuinfo("core id"), strict=False))
    allowed = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return min(len(cores) or allowed, allowed)


def memory() -> int | None:
    if not hasattr(os, "sysconf"):
        return None
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


@functools.cache
def _cpuinfo(key: str) -> list[str]:
    """The values of a key in Linux's table of processors; none on other systems."""
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return [value.strip() for name, _, value in (line.partition(":") for line in lines) if name.strip() == key]
    return []
