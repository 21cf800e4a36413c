"""Settings of one process, read once from its environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

from app.notices.outgoing import Rules


class MissingSetting(RuntimeError):
    """A setting that has no safe default is not in the environment."""

    def __init__(self, name: str, remedy: str) -> None:
        super().__init__(f"{name} is not set. {remedy}")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment decides. Every field is an environment variable of the same name in capitals.

    `webhooks`: WEBHOOK_HTTP=1 lets webhooks go to http:// too, WEBHOOK_NETWORKS names networks besides the public ones
    to which they may go (10.0.0.0/8). `trusted_proxies`: how many proxies stand before the application and name the
    caller in X-Forwarded-For; with none that header is not believed.
    """

    database_url: str
    secret_key: str
    files_url: str
    cookie_secure: bool
    public_url: str
    notice_urls: tuple[str, ...] = ()
    pool_size: int = 5
    webhooks: Rules = field(default_factory=Rules)
    trusted_proxies: int = 0

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the environment; raises MissingSetting."""

        def required(name: str, remedy: str) -> str:
            if not (value := environ.get(name, "")):
                raise MissingSetting(name, remedy)
            return value

        return cls(
            database_url=required("DATABASE_URL", "Name a PostgreSQL database, or use `make run`, which starts one."),
            secret_key=required("SECRET_KEY", "Set a random value of 32 bytes or more, the same in every process."),
            files_url=environ.get("FILES_URL") or Path("var/files").absolute().as_uri(),
            cookie_secure=environ.get("COOKIE_SECURE", "") == "1",
            public_url=environ.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/"),
            notice_urls=tuple(environ.get("NOTICE_URLS", "").split()),
            pool_size=int(environ.get("POOL_SIZE", "5")),
            webhooks=Rules(
                http=environ.get("WEBHOOK_HTTP", "") == "1",
                networks=tuple(map(ip_network, environ.get("WEBHOOK_NETWORKS", "").split())),
            ),
            trusted_proxies=int(environ.get("TRUSTED_PROXIES", "0")),
        )
