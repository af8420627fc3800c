"""Tables of this floor, by room."""

from analytics.metrics.models import ErrorCount

__all__ = ["ErrorCount"]
