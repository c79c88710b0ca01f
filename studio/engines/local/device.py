"""Which processor the engines use. Runs on the calling thread; whatever may crash runs in a child process."""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from studio.core.errors import DeviceError, EngineError, UsageError
from studio.core.jobs import Stopped, StopReason, StopToken

from .child import Child
