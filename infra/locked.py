"""A bucket whose files nobody can change or take away for some years, not even its owner."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from .settings import Settings
from .storage import Storage, ask_store

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import BucketLocationConstraintType
    from mypy_boto3_s3.type_defs import CreateBucketRequestTypeDef


class Locked:
    """S3 Object Lock in COMPLIANCE mode: until its day has come, a version of a file cannot be
    deleted and its day not be moved, by anyone who has a key. Raises as `Storage` does."""

    def __init__(self, storage: Storage, settings: Settings) -> None:
        self._storage = storage
        self._bucket = f"{settings.s3_bucket}-anchors"
        amazon = not settings.s3_endpoint and settings.s3_region != "us-east-1"
        self._location = (
            cast("BucketLocationConstraintType", settings.s3_region) if amazon else None
        )

    async def put(self, key: str, body: bytes, *, until: datetime, media_type: str) -> str:
        """The version that is kept. What is put under the same key later is another version."""

        client = await self._storage.client()

        def write() -> str:
            # Each time: a store that makes what is missing by itself would make it without locks.
            self._make(client)
            return self._write(client, key, body, until, media_type)

        return await ask_store(write)

    async def get(self, key: str, version: str) -> bytes:
        client = await self._storage.client()

        def read() -> bytes:
            found = client.get_object(Bucket=self._bucket, Key=key, VersionId=version)
            return found["Body"].read()

        return await ask_store(read)

    def _write(
        self, client: S3Client, key: str, body: bytes, until: datetime, media_type: str
    ) -> str:
        kept = client.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=body,
            ContentType=media_type,
            ObjectLockMode="COMPLIANCE",
            ObjectLockRetainUntilDate=until,
        )
        return kept["VersionId"]

    def _make(self, client: S3Client) -> None:
        asked: CreateBucketRequestTypeDef = {
            "Bucket": self._bucket,
            "ObjectLockEnabledForBucket": True,
        }
        if self._location:
            asked["CreateBucketConfiguration"] = {"LocationConstraint": self._location}
        try:
            client.create_bucket(**asked)
        except client.exceptions.BucketAlreadyOwnedByYou:
            return  # it is there since before
