"""Publishing with the scenarios held: the edges publish through here, so that no version comes into force that fails
one of its own. All else is the catalogue's to say."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.cases.types import OPERATIONS
from app.catalog import life, operations, queries
from app.catalog.models import ItemVersion
from app.identity.types import Actor
from app.studio import scenarios


def publish_files(
    session: Session, files: Mapping[str, bytes], actor: Actor, now: datetime, note: str = ""
) -> ItemVersion:
    """`operations.publish`; raises ItemRefused where a scenario fails, and the transaction is to be rolled back."""
    made = operations.publish(session, files, actor, now, note, OPERATIONS)
    scenarios.hold(files)
    return made


def publish(
    session: Session, code: str, version: int, actor: Actor, now: datetime, note: str = "", seen: int | None = None
) -> ItemVersion:
    """`life.publish`; raises ItemRefused where a scenario fails, and the transaction is to be rolled back."""
    made = life.publish(session, code, version, actor, now, note, seen, OPERATIONS)
    scenarios.hold(queries.files(session, code, version))
    return made
