"""What a municipality chooses about its own end."""

from __future__ import annotations

from pydantic import BaseModel, Field


class TransferSettings(BaseModel):
    """`notice_days` pass between the confirmation of an erasure and the erasure itself, so that
    everything can be fetched: at least 30 (Regulation (EU) 2023/2854, article 25.2 g)."""

    notice_days: int = Field(30, ge=30, le=365)
