"""Recordings on disk: probing, decoding to 16 kHz mono, peaks. PyAV and soundfile; constant memory."""
