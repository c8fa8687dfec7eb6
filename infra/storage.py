"""Files: one bucket of any S3 store."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, BinaryIO, ParamSpec, Protocol, Self, TypeVar, cast
from unicodedata import normalize
from urllib.parse import quote

from .errors import NotFound
from .i18n import _
from .settings import Settings

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from botocore.session import Session as Core
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import BucketLocationConstraintType
    from mypy_boto3_s3.type_defs import (
        CompletedPartTypeDef,
        ObjectIdentifierTypeDef,
        ServerSideEncryptionRuleTypeDef,
    )

ABSENT = {"404", "NoSuchKey"}
MOST_AT_ONCE = 1000
PART = 16 * 1024 * 1024
"""Of a file that is stored as it is made; a store takes 10,000 of them, 160 GB."""
BLOCK = 1024 * 1024

P = ParamSpec("P")
T = TypeVar("T")


class StorageUnavailable(RuntimeError):
    """The store did not answer, or refused us; the cause is chained. Nobody's input is at fault."""


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Place:
    """Where the files are. No `endpoint` means Amazon's."""

    bucket: str
    access_key: str
    secret_key: str
    endpoint: str = ""
    region: str = "eu-north-1"

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            endpoint=settings.s3_endpoint,
            bucket=settings.s3_bucket,
            access_key=settings.s3_access_key,
            secret_key=settings.s3_secret_key.get_secret_value(),
            region=settings.s3_region,
        )


class Storage:
    """The async face of one bucket. boto3 blocks, so every call to the store runs in a thread.

    Raises StorageUnavailable, and NotFound where a key has to be there.
    """

    def __init__(self, place: Place) -> None:
        self.bucket = place.bucket
        self._place = place
        self._client: S3Client | None = None
        self._opening = asyncio.Lock()

    async def client(self) -> S3Client:
        """boto3's own, for what is beside the bucket; called by `ask_store`.

        Made at the first file, and the bucket with it, encrypted at rest, if that is absent: boto3
        takes 20 MB, for which a process that reads and writes no file has no use.
        """
        async with self._opening:
            if self._client is None:
                client = await asyncio.to_thread(_client, self._place)
                await ask_store(_ensure_bucket, client, self._place)
                self._client = client
            return self._client

    async def require(self) -> None:
        """Ask whether the store answers and, once a file has been asked for, takes our keys."""
        if self._client is not None:
            await self.exists("healthz")
        elif not await asyncio.to_thread(_answers, self._place):
            raise StorageUnavailable(_unavailable())

    async def put(self, key: str, body: bytes | Readable, *, media_type: str) -> None:
        """Store `body` under `key`, in place of what was there; a file goes in parts."""
        if isinstance(body, bytes):
            client = await self.client()
            await ask_store(
                client.put_object,
                Bucket=self.bucket,
                Key=key,
                Body=body,
                ContentType=media_type,
            )
        else:
            await self._upload(key, body, media_type)

    async def get(self, key: str) -> bytes:
        client = await self.client()
        answer = await ask_store(client.get_object, Bucket=self.bucket, Key=key)
        with closing(answer["Body"]) as body:
            return await ask_store(body.read)

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """The file a block at a time."""
        client = await self.client()
        answer = await ask_store(client.get_object, Bucket=self.bucket, Key=key)
        with closing(answer["Body"]) as body:
            while block := await ask_store(body.read, BLOCK):
                yield block

    @asynccontextmanager
    async def writing(self, key: str, *, media_type: str) -> AsyncIterator[Sink]:
        """Store a file as it is made. It is there once the block has ended well, else not at all;
        at most a part of it is held in memory."""
        client = await self.client()
        begun = await ask_store(
            client.create_multipart_upload,
            Bucket=self.bucket,
            Key=key,
            ContentType=media_type,
        )
        sink = Sink(client, self.bucket, key, begun["UploadId"])
        try:
            yield sink
            await sink._complete()
        except BaseException:
            await asyncio.shield(sink._abort())
            raise

    async def keys(self, prefix: str) -> AsyncIterator[list[str]]:
        """The keys that begin with `prefix`, at most a thousand at a time."""
        client, after = await self.client(), ""
        while True:
            answer = await ask_store(
                client.list_objects_v2,
                Bucket=self.bucket,
                Prefix=prefix,
                StartAfter=after,
                MaxKeys=MOST_AT_ONCE,
            )
            found = [item["Key"] for item in answer.get("Contents", ())]
            if not found:
                return
            yield found
            after = found[-1]

    async def delete(self, key: str) -> None:
        """Remove the file, if there is one."""
        client = await self.client()
        await ask_store(client.delete_object, Bucket=self.bucket, Key=key)

    async def delete_each(self, keys: Sequence[str]) -> None:
        """Remove those of the files that are there."""
        client = await self.client()
        for start in range(0, len(keys), MOST_AT_ONCE):
            some: list[ObjectIdentifierTypeDef] = [
                {"Key": key} for key in keys[start : start + MOST_AT_ONCE]
            ]
            answer = await ask_store(
                client.delete_objects,
                Bucket=self.bucket,
                Delete={"Objects": some, "Quiet": True},
            )
            if answer.get("Errors"):
                raise StorageUnavailable(_unavailable())

    async def exists(self, key: str) -> bool:
        client = await self.client()
        try:
            await ask_store(client.head_object, Bucket=self.bucket, Key=key)
        except NotFound:
            return False
        return True

    async def close(self) -> None:
        if self._client is not None:
            await asyncio.to_thread(self._client.close)

    async def _upload(self, key: str, file: Readable, media_type: str) -> None:
        from boto3.s3.transfer import TransferConfig

        client = await self.client()
        await ask_store(
            client.upload_fileobj,
            cast("BinaryIO", file),
            self.bucket,
            key,
            ExtraArgs={"ContentType": media_type},
            Config=TransferConfig(use_threads=False),
        )


@dataclass
class Sink:
    """Where a file is written that is stored as it is made: see `Storage.writing`."""

    _client: S3Client
    _bucket: str
    _key: str
    _upload_id: str
    _waiting: bytearray = field(default_factory=bytearray)
    _parts: list[CompletedPartTypeDef] = field(default_factory=list)

    async def write(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) >= PART:
            await self._send(bytes(self._waiting[:PART]))
            del self._waiting[:PART]

    async def _send(self, data: bytes) -> None:
        number = len(self._parts) + 1
        answer = await ask_store(
            self._client.upload_part,
            Bucket=self._bucket,
            Key=self._key,
            UploadId=self._upload_id,
            PartNumber=number,
            Body=data,
        )
        self._parts.append({"ETag": answer["ETag"], "PartNumber": number})

    async def _complete(self) -> None:
        if self._waiting or not self._parts:
            await self._send(bytes(self._waiting))
        await ask_store(
            self._client.complete_multipart_upload,
            Bucket=self._bucket,
            Key=self._key,
            UploadId=self._upload_id,
            MultipartUpload={"Parts": self._parts},
        )

    async def _abort(self) -> None:
        with suppress(StorageUnavailable, NotFound):
            await ask_store(
                self._client.abort_multipart_upload,
                Bucket=self._bucket,
                Key=self._key,
                UploadId=self._upload_id,
            )


async def open_storage(place: Place) -> Storage:
    """The bucket, of a store that answers. Raises StorageUnavailable."""
    storage = Storage(place)
    await storage.require()
    return storage


def attachment(filename: str) -> str:
    """A Content-Disposition (RFC 6266) that keeps å, ä and ö, with a plain name for old clients."""
    plain = normalize("NFKD", filename).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^\w .()-]", "_", plain) or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def _answers(place: Place) -> bool:
    """Whether anything speaks HTTP there, asked without a key and so without boto3."""
    from http.client import HTTPException
    from ssl import SSLError
    from urllib.error import HTTPError, URLError
    from urllib.request import ProxyHandler, Request, build_opener

    address = place.endpoint or f"https://s3.{place.region}.amazonaws.com"
    asked = Request(f"{address}/{quote(place.bucket)}", method="HEAD")
    try:
        build_opener(ProxyHandler(_proxies(place))).open(asked, timeout=3).close()
    except HTTPError as refusal:
        return refusal.code < HTTPStatus.INTERNAL_SERVER_ERROR
    except URLError as error:  # boto3 has its own list of whose certificates are good
        return isinstance(error.reason, SSLError)
    except (OSError, HTTPException):
        return False
    return True


def _client(place: Place) -> S3Client:
    from boto3.session import Session
    from botocore.config import Config

    return Session(botocore_session=_session()).client(
        "s3",
        endpoint_url=place.endpoint or None,
        region_name=place.region,
        aws_access_key_id=place.access_key,
        aws_secret_access_key=place.secret_key,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path" if place.endpoint else "auto"},
            connect_timeout=3,
            read_timeout=30,
            retries={"mode": "standard", "total_max_attempts": 3},
            max_pool_connections=32,
            proxies=_proxies(place),
        ),
    )


def _session() -> Core:
    """One that does not keep in memory where each of Amazon's 400 services is, which takes 7 MB."""
    from botocore.loaders import Loader
    from botocore.session import get_session

    class Narrow(Loader):
        def load_data_with_path(self, name: str) -> tuple[Any, str]:
            found, path = super().load_data_with_path(name)
            if name == "endpoints":
                for part in found["partitions"]:
                    part["services"] = {"s3": part["services"]["s3"]}
            return found, path

    session = get_session()
    session.register_component("data_loader", Narrow())
    return session


def _proxies(place: Place) -> dict[str, str] | None:
    """A proxy in the environment is for the world outside, not for our own store."""
    return {} if place.endpoint.startswith("http://127.0.0.1:") else None


def _ensure_bucket(client: S3Client, place: Place) -> None:
    from botocore.exceptions import ClientError

    bucket = place.bucket
    # Amazon wants the region named; the others know only their own and refuse the word.
    location = None if place.endpoint or place.region == "us-east-1" else place.region
    try:
        client.head_bucket(Bucket=bucket)
    except ClientError as error:
        if _code(error) not in {"404", "NoSuchBucket"}:
            raise
    else:
        return
    try:
        if location:
            named = cast("BucketLocationConstraintType", location)
            client.create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": named}
            )
        else:
            client.create_bucket(Bucket=bucket)
    except client.exceptions.BucketAlreadyOwnedByYou:
        return  # another process was faster
    _encrypt(client, bucket)


def _encrypt(client: S3Client, bucket: str) -> None:
    from botocore.exceptions import ClientError

    rule: ServerSideEncryptionRuleTypeDef = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}
    }
    try:
        client.put_bucket_encryption(
            Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]}
        )
    except ClientError as error:
        if _code(error) != "NotImplemented":  # a store that leaves it to its disks
            raise


async def ask_store(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `call` in a thread and say in our words what went wrong."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return await asyncio.to_thread(call, *args, **kwargs)
    except ClientError as error:
        if _code(error) in ABSENT:
            raise NotFound(_("The file is no longer there.")) from error
        raise StorageUnavailable(_unavailable()) from error
    except BotoCoreError as error:
        raise StorageUnavailable(_unavailable()) from error


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def _unavailable() -> str:
    return _("The file store does not answer. Try again in a moment.")
