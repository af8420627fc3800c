"""Presenters: their keys, the doors, the server they publish to."""
