"""Where each part of the main window stands, and what gives way where it is narrow."""
