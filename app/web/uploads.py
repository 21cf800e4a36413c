"""A file that a form brings for a case."""

from collections.abc import Callable, Iterable
from typing import BinaryIO, cast
from uuid import UUID

from flask import request

from app import edge
from app.cases.handing import attach_material
from app.catalog.fields import Form
from app.catalog.types import Requirement
from app.materials.models import Material
from app.web.errors import problem
from app.web.formview import Slot

FIELD = "file"


def take_all(case_id: UUID, form: Form) -> None:
    """Attach what was chosen in a form's file fields and not uploaded before it was sent. Raises as `take`."""
    for slot in form.file_slots:
        if slot.key and request.files.get(f"{FIELD}-{slot.key}"):
            take(case_id, slot.key)


def slots(
    case_key: str, needs: Iterable[Requirement], handed: Iterable[Material], send: Callable[[str], str | None]
) -> dict[str, Slot]:
    """The places for files that a form may show: with what was handed in last, and where a file goes (`send`)."""
    present = {one.requirement: one for one in handed if one.replaced_at is None}
    place = (request.view_args or {}).get("requirement") or request.form.get("requirement")
    refused = {place: problem()} if place else {}
    return {
        need.code: Slot(need, present.get(need.code), case_key, send(need.code), refused.get(need.code))
        for need in needs
    }


def take(case_id: UUID, requirement: str) -> None:
    """Attach the file, if one was chosen, to a material of the case. Raises FileRefused, NotFound, WrongState."""
    upload = request.files.get(f"{FIELD}-{requirement}") or request.files.get(FIELD)
    if upload is None or not upload.filename:
        return
    attach_material(
        edge.session(),
        edge.actor(),
        edge.office().store,
        case_id,
        requirement,
        upload.filename,
        cast(BinaryIO, upload.stream),
        edge.now(),
    )
