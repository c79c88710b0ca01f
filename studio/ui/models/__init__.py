"""Qt item models over core values; they live on the window's thread."""
