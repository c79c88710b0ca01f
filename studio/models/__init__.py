"""Weights: the catalogue (resources/models.toml), fetching, checking, where they lie."""
