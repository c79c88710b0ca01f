"""A frame of video as red, green and blue, as large as it is wanted. Any thread; others run meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorRange, Colorspace

Plane = tuple[bytes | bytearray | memoryview, int]  # bytes, and how many of them make a line

_HIGH = 576  # lines, above which a film that does not say so has the colours of high definition


def to_rgb(
    planes: Sequence[Plane], pixels: str, size: tuple[int, int], wanted: tuple[int, int], full: bool = False
) -> npt.NDArray[np.uint8]:
    """Shape (height, width, 4): blue, green, red, 255.

    `pixels`: FFmpeg's name of how the planes are laid out; `size`, `wanted`: width and height; `full`: values from 0
    to 255, not the smaller range of television.
    """
    frame = av.VideoFrame(*size, pixels)
    for target, (source, stride) in zip(frame.planes, planes, strict=True):
        lines = np.frombuffer(memoryview(target), np.uint8).reshape(target.height, target.line_size)
        given = np.frombuffer(source, np.uint8)[: target.height * stride].reshape(target.height, stride)
        width = min(stride, target.line_size)
        lines[:, :width] = given[:, :width]
    made = frame.reformat(
        *wanted,
        format="bgra",
        src_colorspace=Colorspace.ITU709 if size[1] > _HIGH else Colorspace.ITU601,
        src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation="BILINEAR",
    )
    return np.ascontiguousarray(made.to_ndarray())
