"""The transcript as text, with speakers beside it."""
