"""What the service runs on: environment variables `RODER_…`, with the embedded parts as default."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from .i18n import _

DEMO_SECRET = "demonstration-only-not-a-secret"


class Settings(BaseSettings):
    """One field a variable: `port` is `RODER_PORT`. An empty address means the embedded part."""

    model_config = SettingsConfigDict(env_prefix="RODER_", extra="ignore")

    mode: Literal["demo", "production"] = "demo"
    home: Path = Field(Path(".roder"), description="Folder of the embedded servers and demo.json")
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    public_url: str = Field("", description="Address in links; default http://host:port")
    secret_key: SecretStr = Field(SecretStr(DEMO_SECRET), description="Signs links and cookies")

    database_url: str = Field("", description="postgresql://… of the application's role")
    owner_database_url: str = Field("", description="postgresql://… of the role that migrates")
    database_pool: int = Field(10, ge=1, le=200)
    distributed: bool = Field(False, description="The database is a Citus cluster")
    postgres_binaries: Path | None = None

    s3_endpoint: str = ""
    s3_bucket: str = "roder"
    s3_access_key: str = ""
    s3_secret_key: SecretStr = SecretStr("")
    s3_region: str = "eu-north-1"

    broker_url: str = Field("", description="amqp://… ; default: the same PostgreSQL")
    worker_threads: int = Field(4, ge=1, le=64)
    mail_url: str = Field("", description="smtp://user:password@host:port ; default: a folder")
    mail_from: str = Field("", description="Sender of mails; default roder@ the host of links")

    trusted_proxies: str = Field("127.0.0.1", description="Whose X-Forwarded-For counts")
    api_points: int = Field(6_000, ge=0, description="Points a minute of one key; 0 sets no limit")
    api_tenant_points: int = Field(30_000, ge=1, description="The same for a municipality's keys")
    api_processes: int = Field(1, ge=1, le=1_000, description="Processes that share these limits")
    max_streams: int = Field(
        20, ge=1, le=10_000, description="Streams a key or a person has open, in each process"
    )

    max_body_bytes: int = Field(4_000_000, description="10,000 outcomes with all their values")
    max_upload_bytes: int = 20_000_000
    keep_sessions_days: int = Field(30, ge=1, le=365, description="Sessions, after their end")
    keep_jobs_days: int = Field(30, ge=1, le=365, description="Jobs and exports, after their end")
    keep_uploads_days: int = Field(7, ge=1, le=365, description="Files sent in that nothing uses")
    backup_days: int = Field(35, ge=0, le=3650, description="How long backups are kept")
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def base_url(self) -> str:
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def embedded_database(self) -> bool:
        return not self.database_url

    @property
    def embedded_storage(self) -> bool:
        return not self.s3_endpoint

    def unsafe(self) -> list[str]:
        """What keeps these settings from production, a plain sentence each; empty when safe."""
        found = []
        if self.secret_key.get_secret_value() == DEMO_SECRET or len(self.secret_key) < 32:
            found.append(_("RODER_SECRET_KEY must be a secret of its own, at least 32 characters."))
        if self.embedded_database:
            found.append(_("RODER_DATABASE_URL must name a PostgreSQL that is looked after."))
        if not self.owner_database_url:
            found.append(_("RODER_OWNER_DATABASE_URL must name the role that migrates."))
        elif self.owner_database_url == self.database_url:
            found.append(
                _("RODER_OWNER_DATABASE_URL must be another role than RODER_DATABASE_URL.")
            )
        if self.embedded_storage:
            found.append(_("RODER_S3_ENDPOINT must name an object store that is looked after."))
        if not self.mail_url:
            found.append(_("RODER_MAIL_URL must name a mail server."))
        if urlsplit(self.public_url).scheme != "https":
            found.append(_("RODER_PUBLIC_URL must be the https address that users see."))
        return found
