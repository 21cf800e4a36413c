"""Words of the notices room: the outbox's work and who does it; the documents, and what they say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, Literal, TypedDict
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel.database import Database
from app.kernel.time import instant


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One piece of work taken from the outbox. `id` stays the same through all tries: the key for idempotency.

    `attempts` counts the tries, this one included.
    """

    tenant: str
    id: UUID
    case_id: UUID
    operation: str
    params: Mapping[str, Any]
    attempts: int


Finish = Callable[[Session], object]
"""Writes what the work came to, in the transaction that marks the row done: so its effects happen once."""

Handler = Callable[[Database, OutboxRow, datetime], Finish | None]
"""Does the long part of the work, holding no lock and no transaction of the outbox's, and returns what writes it down.

It may run more than once for one row (a lease that ran out, a crash before the end), so what it does outside the
database must bear repetition under the row's id.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing to tell, for `tell_many`: see `tell`."""

    case_id: UUID | None
    template: str
    params: Mapping[str, Any]
    accounts: tuple[UUID, ...] = ()
    posts: tuple[str, ...] = ()


Text = Mapping[str, str]
"""Words in both languages: {"zh": …, "en": …}."""

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of document that a case produces: its title, its character in the number, and what it is one of.

    Of each `family` a case has one, or one on each occasion where it may recur (a supplement, an extension).
    """

    title: Text
    mark: str
    family: str
    recurs: bool = False


DOCUMENT_KINDS: Final[Mapping[str, DocumentKind]] = {
    "receipt": DocumentKind({"zh": "申请材料接收凭证", "en": "Receipt of Application Materials"}, "收", "receipt"),
    "accept": DocumentKind({"zh": "受理通知书", "en": "Notice of Acceptance"}, "受", "accept"),
    "supplement": DocumentKind(
        {"zh": "补正告知书", "en": "Notice of What Is Missing"}, "补", "supplement", recurs=True
    ),
    "refuse": DocumentKind({"zh": "不予受理决定书", "en": "Decision Not to Accept an Application"}, "拒", "decision"),
    "special": DocumentKind(
        {"zh": "特别程序告知书", "en": "Notice of a Special Procedure"}, "特", "special", recurs=True
    ),
    "extend": DocumentKind({"zh": "延期通知书", "en": "Notice of Extension"}, "延", "extend", recurs=True),
    "grant": DocumentKind(
        {"zh": "准予行政许可决定书", "en": "Decision to Grant an Administrative Licence"}, "准", "decision"
    ),
    "deny": DocumentKind(
        {"zh": "不予行政许可决定书", "en": "Decision to Deny an Administrative Licence"}, "否", "decision"
    ),
    "revoke": DocumentKind(
        {"zh": "撤销行政许可决定书", "en": "Decision to Revoke an Administrative Licence"}, "撤", "revocation"
    ),
    "delivery": DocumentKind({"zh": "送达回证", "en": "Delivery Receipt"}, "达", "delivery", recurs=True),
}
"""What a case produces (the licence itself, where it is a document of its own, is the item's)."""


class Basis(TypedDict):
    """A provision that a decision rests on. `article` is as the law writes it: 第四十二条第二款."""

    law: Text
    article: str
    text: Text


class Opinion(TypedDict):
    """What one department came to."""

    department: Text
    outcome: Text
    text: str


class Line(TypedDict):
    """One thing in a list: a material, with what is asked for or how it was handed in; a delivered document."""

    name: Text
    remark: str | Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFacts:
    """All that a document says, kept with it: what is printed again (in English) is the same.

    Names of the office are in both languages; what a person wrote stays as it was written. `word` is the characters
    that stand for the authority in the number (机关代字). Days are working days. `verify_url` is the address to which
    the verification code is added. A kind uses what it needs: a denial its `reasons`, a supplement its `materials`, a
    licence what it does not grant of what was applied for, and why (`withheld`), …
    `listed` is a reason that is not a person's but the elimination list's. `window` received the application where it
    is another office's. `deemed`: accepted because nobody answered in time (Art. 32). `licence` and `granted_at` are
    number and date of what is revoked. `title` is what the item calls this document, `subject` what its form calls
    the `project` (a product, premises, a move). An item that is no licence (`is_licence`) follows the Licensing Law by
    analogy (参照).
    """

    authority: Text
    word: str
    supervision_code: str
    item: Text
    project: str
    applicant: str
    verify_url: str
    review_body: Text
    court: Text
    contact: str = ""
    timezone: str = "Asia/Shanghai"
    basis: tuple[Basis, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    materials: tuple[Line, ...] = ()
    reasons: str = ""
    listed: Text | None = None
    conditions: str = ""
    withheld: str = ""
    valid: str = ""
    received_at: datetime | None = None
    accepted_at: datetime | None = None
    due_at: datetime | None = None
    respond_at: datetime | None = None
    until_at: datetime | None = None
    delivered_at: datetime | None = None
    statutory_days: int | None = None
    promised_days: int | None = None
    days: int | None = None
    procedure: Text | None = None
    approved_by: Text | None = None
    manner: Text | None = None
    recipient: str = ""
    window: Text | None = None
    deemed: bool = False
    title: Text | None = None
    is_licence: bool = True
    subject: Text | None = None
    licence: str = ""
    granted_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """As kept in the row: instants as ISO 8601."""
        return {name: _plain(getattr(self, name)) for name in (field.name for field in fields(self))}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "DecisionFacts":
        """The facts of a kept document."""
        return cls(**{name: _restored(name, value) for name, value in kept.items()})


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return instant(value).isoformat()
        case tuple():
            return list(value)
        case _:
            return value


def _restored(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return datetime.fromisoformat(value) if value and name.endswith("_at") else value
