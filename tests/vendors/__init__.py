"""Strict local imitations ("stubs") of remote speech vendors, over real HTTP on 127.0.0.1."""
