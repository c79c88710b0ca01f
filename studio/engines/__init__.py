"""Engines: what turns sound into words, and sound into speaker turns.

The Protocols are in `base`. An engine receives everything it needs as arguments: paths of weights and sound,
options, a stop token. It knows neither settings nor library.
"""
