"""Documents that the office issues: numbered, kept as they were issued, and open to anyone's verification by a code.

How a document is issued (`issue`), so that repeating it changes nothing:

1. its id follows from the case, the family of its kind and the occasion; if it is there, that is the answer;
2. in a short transaction take the next number of the series: a try that is cut off leaves a gap, never a double;
3. without a transaction: draw the verification code, render, put the file under a key that names its content;
4. in the caller's transaction insert the row, unless another try did: then that one's stands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Protocol
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kernel.database import Database
from app.kernel.time import instant
from app.notices import codes, queries
from app.notices.errors import DocumentDamaged, NoDocument, OtherDecisionStands
from app.notices.models import Document, DocumentSeries
from app.notices.rendering import render
from app.notices.types import DOCUMENT_KINDS, DecisionFacts, Text

FOLDER: Final = "documents"
SHORT_NAME: Final = 4
"""Names up to so many characters are taken for a person's, and masked for the public."""


class Files(Protocol):
    """Where files are kept (app/materials/store.py)."""

    def put(self, key: str, content: bytes, /) -> None:
        """Write a file whole."""

    def get(self, key: str, /) -> bytes:
        """Read it. Raises FileNotFoundError."""


Register = Callable[[Session], Document]
"""Writes the row of a document that is ready, and returns it (or the one that another try wrote)."""


def issue(
    database: Database,
    files: Files,
    tenant: str,
    case_id: UUID,
    kind: str,
    facts: DecisionFacts,
    now: datetime,
    occasion: str = "",
) -> Register:
    """Make a document; the caller registers it in the transaction that finishes the work.

    `kind` is one of DOCUMENT_KINDS. `occasion` tells apart what may recur in one case (the id of the step that asked
    for a supplement); others need none. Registering raises OtherDecisionStands where the case was decided
    otherwise.
    """
    family = DOCUMENT_KINDS[kind]
    if family.recurs and not occasion:
        raise ValueError(f"a document of the kind {kind!r} may recur: name its occasion")
    id_ = uuid5(case_id, f"{family.family}:{occasion if family.recurs else ''}")
    issued_at = instant(now)
    with database.transaction(tenant) as session:
        if session.get(Document, (tenant, id_)):
            return lambda later: _standing(later, tenant, id_, kind)
        number = _next_number(session, tenant, facts.word + family.mark, _year(issued_at, facts))
    code = codes.draw(tenant)
    content = render(kind, facts, "zh", number=number, verification_code=code, issued_at=issued_at)
    row = Document(
        tenant=tenant,
        id=id_,
        case_id=case_id,
        kind=kind,
        number=number,
        verification_code=code,
        facts=facts.to_json(),
        sha256=sha256(content).digest(),
        size=len(content),
        issued_at=issued_at,
    )
    files.put(key_of(row), content)
    return lambda later: _register(later, row)


def revoke(session: Session, tenant: str, case_id: UUID, decision: Document, now: datetime) -> Document:
    """Mark the licence of a case as revoked by `decision`, once; returns it. Raises NoDocument."""
    licence = queries.granted(session, tenant, case_id)
    if licence is None:
        raise NoDocument(key=case_id)
    if licence.revoked_at is None:
        licence.revoked_at, licence.revoked_by = instant(now), decision.id
        session.flush()
    return licence


def read(session: Session, files: Files, tenant: str, id: UUID) -> tuple[Document, bytes]:  # noqa: A002
    """A document and the file as it was issued. Raises NoDocument, DocumentDamaged."""
    row = queries.document(session, tenant, id)
    try:
        content = files.get(key_of(row))
    except FileNotFoundError as missing:
        raise DocumentDamaged(number=row.number) from missing
    if sha256(content).digest() != row.sha256:
        raise DocumentDamaged(number=row.number)
    return row, content


def translation(row: Document) -> bytes:
    """The English translation, from the facts that were kept: marked as such, under the same number and codes."""
    return render(
        row.kind,
        DecisionFacts.from_json(row.facts),
        "en",
        number=row.number,
        verification_code=row.verification_code,
        issued_at=row.issued_at,
    )


def title_of(row: Document) -> Text:
    """What a document is called: by its item, or else by its kind."""
    named: Text | None = row.facts.get("title")
    return named or DOCUMENT_KINDS[row.kind].title


def filename(row: Document) -> str:
    """A name for the downloaded file."""
    return f"{title_of(row)['zh']} {row.number}.pdf"


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """What anyone who holds the code is told: enough to compare with the paper, no more. `applicant` is masked."""

    title: Text
    authority: Text
    number: str
    supervision_code: str
    verification_code: str
    item: Text
    applicant: str
    issued_at: datetime
    sha256: str
    revoked_at: datetime | None


def public(row: Document) -> PublicRecord:
    """The record that the page of verification shows."""
    facts = DecisionFacts.from_json(row.facts)
    return PublicRecord(
        title=title_of(row),
        authority=facts.authority,
        number=row.number,
        supervision_code=facts.supervision_code,
        verification_code=row.verification_code,
        item=facts.item,
        applicant=masked(facts.applicant),
        issued_at=row.issued_at,
        sha256=row.sha256.hex(),
        revoked_at=row.revoked_at,
    )


def masked(name: str) -> str:
    """A person's name with all but its first character hidden; an organisation's name is public and stays."""
    is_person = len(name) <= SHORT_NAME or "·" in name or "•" in name
    return name[:1] + "*" * (len(name) - 1) if is_person else name


def key_of(row: Document) -> str:
    """Where the file lies in the store: two tries at one document never write to one place."""
    return f"{FOLDER}/{row.tenant}/{row.case_id}/{row.id}-{row.sha256.hex()[:16]}.pdf"


def _year(moment: datetime, facts: DecisionFacts) -> int:
    return moment.astimezone(ZoneInfo(facts.timezone)).year


def _next_number(session: Session, tenant: str, word: str, year: int) -> str:
    """鹿政审准〔2026〕17号: the characters of authority and kind, the year, the number within it."""
    first = insert(DocumentSeries).values(tenant=tenant, word=word, year=year, last=1)
    counted = first.on_conflict_do_update(
        index_elements=[DocumentSeries.tenant, DocumentSeries.word, DocumentSeries.year],
        set_={"last": DocumentSeries.last + 1},
    )
    last = session.scalar(counted.returning(DocumentSeries.last))
    return f"{word}〔{year}〕{last}号"


def _register(session: Session, row: Document) -> Document:
    columns = {column.name: getattr(row, column.key) for column in Document.__table__.columns}
    session.execute(insert(Document).values(columns).on_conflict_do_nothing(index_elements=["tenant", "id"]))
    return _standing(session, row.tenant, row.id, row.kind)


def _standing(session: Session, tenant: str, id_: UUID, kind: str) -> Document:
    """The document that was registered first."""
    found = queries.document(session, tenant, id_)
    if found.kind != kind:
        raise OtherDecisionStands(state=found.kind)
    return found
