"""Accounts at vendors: the window that shows them, adding one, and what is asked before sound is sent."""
