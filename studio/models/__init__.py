"""Verified weights: the catalogue, fetching from the hub or a package mirror, and the folder they live in."""

from .catalogue import Model, WeightFile, catalogue, find
from .store import ModelStatus, ModelStore, PullProgress

__all__ = ["Model", "ModelStatus", "ModelStore", "PullProgress", "WeightFile", "catalogue", "find"]
