"""Pictures that are coded while they are on air, in a process of their own: ``python -m streaming.livepicture``."""
