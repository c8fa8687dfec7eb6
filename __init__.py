"""Roder: planning and follow-up for municipalities, one service that many share."""

__version__ = "0.1.0"
