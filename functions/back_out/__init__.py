"""The function that people back out with, and back in."""
