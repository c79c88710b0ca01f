"""Windows that ask before something is done."""
