"""Reads a presenter's stream in a process of its own, shut in: ``python -m streaming.ingest.inside``.

Whatever a presenter sends is taken apart, decoded and coded here and nowhere else.
"""
