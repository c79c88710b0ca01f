"""The right panel."""
