"""A file that a form brings for a case."""

from typing import BinaryIO, cast
from uuid import UUID

from flask import request

from app import edge
from app.cases.handing import attach_material

FIELD = "file"


def take(case_id: UUID, requirement: str) -> None:
    """Attach the file, if one was chosen, to a material of the case. Raises FileRefused, NotFound, WrongState."""
    upload = request.files.get(FIELD)
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
