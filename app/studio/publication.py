"""Publishing, and bringing back, with the scenarios held: the edges do both through here, so that no version comes into
force that fails one of its own. All else is the catalogue's to say."""

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from app.cases.types import OPERATIONS
from app.catalog import life, operations, queries
from app.catalog.models import ItemVersion
from app.catalog.scenarios import written
from app.catalog.types import Wording
from app.identity.types import Actor
from app.kernel.confine import run
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


def restore(
    session: Session, code: str, actor: Actor, now: datetime, note: str = "", seen: int | None = None
) -> ItemVersion:
    """`life.restore`; raises ItemRefused where a scenario fails, and the transaction is to be rolled back."""
    back = life.restore(session, code, actor, now, note, seen, OPERATIONS)
    scenarios.hold(queries.files(session, code, back.version))
    return back


def add_scenario(
    session: Session,
    code: str,
    version: int,
    actor: Actor,
    now: datetime,
    name: Wording,
    scenario: Mapping[str, Any],
) -> ItemVersion:
    """Hand a version in anew as a draft, with one scenario more in its file. Raises as `operations.submit`."""
    files = dict(queries.files(session, code, version))
    place = f"processes/{code}/scenarios.yaml"
    before = files.get(place, b"")
    named = {"zh": name.zh, "en": name.en}
    files[place] = run(written, before, _free(name.en, before.decode()), named, dict(scenario), what=place)
    return operations.submit(session, files, actor, now, f"+ {name.zh}"[:100], OPERATIONS)


def _free(name: str, taken: str) -> str:
    """A code for a scenario of this name that no other has."""
    called = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:50] or "scenario"
    codes = (called if number == 1 else f"{called}-{number}" for number in count(1))
    return next(code for code in codes if not re.search(rf"code: {code}$", taken, re.MULTILINE))
