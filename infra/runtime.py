"""What a running process has at hand: settings, the pools, the object store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncEngine

from .batching import Batches
from .database import open_engine
from .reading import Reading
from .settings import Settings
from .storage import Place, Storage, open_storage
from .telemetry import Measures


@dataclass(frozen=True, slots=True)
class Runtime:
    settings: Settings
    engine: AsyncEngine
    storage: Storage
    reading: Reading
    batches: Batches = field(default_factory=Batches)
    measures: Measures = field(default_factory=Measures)


@asynccontextmanager
async def open_runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """Open what the settings name, and close it again. The addresses must be filled in."""
    engine = open_engine(settings.database_url, pool=settings.database_pool)
    storage = await open_storage(Place.of(settings))
    reading = Reading(settings.database_url, most=settings.database_pool)
    runtime = Runtime(settings, engine, storage, reading)
    try:
        yield runtime
    finally:
        await reading.close()
        await engine.dispose()
        await storage.close()
