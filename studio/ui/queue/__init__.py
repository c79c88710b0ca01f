"""The left panel: the queue and the library of recordings."""
