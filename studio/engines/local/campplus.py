"""The speaker embedding network CAM++: speech features in, one vector per voice out.

Written after H. Wang et al., "CAM++: A Fast and Efficient Network for Speaker Verification Using Context-Aware
Masking" (Interspeech 2023, arXiv 2303.00332). The names of modules are those of the published weights
(3D-Speaker, "zh_en common advanced"), so that they load strictly. Imports torch: only the child process of the
diarizer may load this module.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

import torch
import torch.nn.functional as F
import torchaudio.compliance.kaldi as kaldi
from torch import Tensor, nn

SAMPLE_RATE = 16_000
BINS = 80  # of the mel filterbank
MIN_FRAMES = 10  # a voice cannot be told from less than a tenth of a second
SIZE = 192  # of the embedding

GROWTH = 32  # channels that each dense layer adds
BOTTLENECK = 128
BLOCKS = ((12, 1), (24, 2), (16, 2))  # layers and dilation of the dense blocks
SEGMENT = 100  # frames (2 s after the stride) over which the local context is averaged


def fbank(waveform: Tensor) -> Tensor:
    """Log mel energies, (frames, 80), of a float waveform (samples,) at 16 kHz: 25 ms windows, every 10 ms."""
    out: Tensor = kaldi.fbank(waveform[None], num_mel_bins=BINS, sample_frequency=SAMPLE_RATE, dither=0.0)
    return out


def load(weights: Path) -> CAMPlusPlus:
    """The network with these weights, ready for inference. The file's hash was checked when it was fetched."""
    network = CAMPlusPlus()
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True), strict=True)
    network.eval()
    return network


def _norm(channels: int, affine: bool = True, relu: bool = True) -> nn.Sequential:
    layers: OrderedDict[str, nn.Module] = OrderedDict(batchnorm=nn.BatchNorm1d(channels, affine=affine))
    if relu:
        layers["relu"] = nn.ReLU(inplace=True)
    return nn.Sequential(layers)


class Residual(nn.Module):
    """Two 3x3 convolutions beside a shortcut; `stride` thins out the frequencies, never the time."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, stride=(stride, 1), padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.shortcut = nn.Sequential()
        if stride > 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, channels, 1, stride=(stride, 1), bias=False), nn.BatchNorm2d(channels)
            )

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class Head(nn.Module):
    """The front-end convolution module: (batch, 80, frames) -> (batch, 320, frames)."""

    def __init__(self, channels: int = 32) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.layer1 = nn.Sequential(Residual(channels, 2), Residual(channels, 1))
        self.layer2 = nn.Sequential(Residual(channels, 2), Residual(channels, 1))
        self.conv2 = nn.Conv2d(channels, channels, 3, stride=(2, 1), padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.out_channels = channels * BINS // 8

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.bn1(self.conv1(x[:, None])))
        x = self.layer2(self.layer1(x))
        return F.relu(self.bn2(self.conv2(x))).flatten(1, 2)


class TimeDelay(nn.Module):
    """The first time-delay layer; it halves the frame rate."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.linear = nn.Conv1d(in_channels, out_channels, 5, stride=2, padding=2, bias=False)
        self.nonlinear = _norm(out_channels)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.nonlinear(self.linear(x))
        return out


class ContextMask(nn.Module):
    """A local convolution, each channel weighed by what its surroundings and the whole utterance sound like."""

    def __init__(self, channels: int, out_channels: int, dilation: int) -> None:
        super().__init__()
        self.linear_local = nn.Conv1d(channels, out_channels, 3, padding=dilation, dilation=dilation, bias=False)
        self.linear1 = nn.Conv1d(channels, channels // 2, 1)
        self.linear2 = nn.Conv1d(channels // 2, out_channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        pooled = F.avg_pool1d(x, SEGMENT, SEGMENT, ceil_mode=True)
        # the mask is the same all through a segment, so it is computed once for each and only then spread out
        context = x.mean(-1, keepdim=True) + pooled
        mask = torch.sigmoid(self.linear2(F.relu(self.linear1(context))))
        return self.linear_local(x) * mask.repeat_interleave(SEGMENT, -1)[..., : x.shape[-1]]


class DenseLayer(nn.Module):
    """Bottleneck and context mask; its output is joined to its input."""

    def __init__(self, in_channels: int, dilation: int) -> None:
        super().__init__()
        self.nonlinear1 = _norm(in_channels)
        self.linear1 = nn.Conv1d(in_channels, BOTTLENECK, 1, bias=False)
        self.nonlinear2 = _norm(BOTTLENECK)
        self.cam_layer = ContextMask(BOTTLENECK, GROWTH, dilation)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x, self.cam_layer(self.nonlinear2(self.linear1(self.nonlinear1(x))))], dim=1)


class Transit(nn.Module):
    """Halves the channels after a dense block."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.nonlinear = _norm(in_channels)
        self.linear = nn.Conv1d(in_channels, in_channels // 2, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.linear(self.nonlinear(x))
        return out


class Statistics(nn.Module):
    """Mean and deviation over time: (batch, channels, frames) -> (batch, 2 x channels, 1)."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x.mean(-1, keepdim=True), x.std(-1, keepdim=True)], dim=1)


class Dense(nn.Module):
    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.linear = nn.Conv1d(in_channels, out_channels, 1, bias=False)
        self.nonlinear = _norm(out_channels, affine=False, relu=False)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.nonlinear(self.linear(x))
        return out.squeeze(-1)


class CAMPlusPlus(nn.Module):
    """(batch, frames, 80) mean-free log mel energies -> (batch, 192) embeddings, to be compared by cosine."""

    def __init__(self) -> None:
        super().__init__()
        self.head = Head()
        channels = BOTTLENECK
        stages: OrderedDict[str, nn.Module] = OrderedDict(tdnn=TimeDelay(self.head.out_channels, channels))
        for number, (layers, dilation) in enumerate(BLOCKS, 1):
            stages[f"block{number}"] = nn.Sequential(
                OrderedDict((f"tdnnd{i + 1}", DenseLayer(channels + i * GROWTH, dilation)) for i in range(layers))
            )
            channels += layers * GROWTH
            stages[f"transit{number}"] = Transit(channels)
            channels //= 2
        stages["out_nonlinear"] = _norm(channels)
        stages["stats"] = Statistics()
        stages["dense"] = Dense(2 * channels, SIZE)
        self.xvector = nn.Sequential(stages)

    def forward(self, features: Tensor) -> Tensor:
        out: Tensor = self.xvector(self.head(features.transpose(1, 2)))
        return out
