"""Channels out of the house: e-mail, SMS, WeCom and whatever else apprise speaks, where a deployment names some.

A channel is an address of apprise with {email} or {phone} where the person's goes, such as
`mailtos://user:password@smtp.example.org?to={email}`; who has none is not told by it. What leaves is told at least
once and carries the notice's id, so that a receiver can show it once; the applicant's page does so by the same id.
"""

import gettext
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from string import Formatter
from typing import Final
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

import apprise
from sqlalchemy import Uuid, and_, exists, insert, literal, literal_column, select
from sqlalchemy.orm import Session

from app.identity.models import Account
from app.kernel.database import Base, Database
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import instant
from app.notices.errors import NotDelivered
from app.notices.models import Notice, Outbox
from app.notices.templates import put_into_words
from app.notices.types import Handler, OutboxRow

SEND_NOTICE: Final = "send-notice"
RELAYED_FOR: Final = timedelta(days=1)
"""Older notices are not sent any more: after a longer standstill people would be told what is long past."""

_TRANSLATIONS: Final = Path(__file__).parents[1] / "translations"
_ZONE: Final = ZoneInfo("Asia/Shanghai")

_notice = Base.metadata.tables[Notice.__tablename__]
_outbox = Base.metadata.tables[Outbox.__tablename__]


def handlers(urls: Sequence[str]) -> Mapping[str, Handler]:
    """What the outbox needs to send notices by these channels; nothing where there are none."""
    return {SEND_NOTICE: partial(_send, tuple(urls))} if urls else {}


def relay(session: Session, tenant: str, now: datetime, real_now: datetime) -> int:
    """Put every notice to a person into the outbox under its own id, once; returns how many. Called only where there
    are channels. `real_now` is the machine's time, which the ids of notices carry."""
    moment = instant(now)
    new = select(
        _notice.c.tenant,
        _notice.c.id,
        _notice.c.case_id,
        literal(SEND_NOTICE),
        literal_column("'{}'::json"),
        literal("pending"),
        literal(moment),
        literal(moment),
    ).where(
        _notice.c.tenant == tenant,
        _notice.c.id > literal(_first_id(instant(real_now) - RELAYED_FOR), Uuid()),
        _notice.c.account_id.is_not(None),
        ~exists().where(and_(_outbox.c.tenant == tenant, _outbox.c.id == _notice.c.id)),
    )
    columns = ["tenant", "id", "case_id", "operation", "params", "state", "run_at", "created_at"]
    put = session.execute(insert(_outbox).from_select(columns, new).returning(_outbox.c.id))
    return len(put.all())


def _first_id(moment: datetime) -> UUID:
    """The least id (UUID version 7) of what was made at an instant."""
    return UUID(int=(int(moment.timestamp() * 1000) << 80) | (0x7 << 76))


def _send(urls: Sequence[str], database: Database, row: OutboxRow, _now: datetime) -> None:
    with database.transaction(row.tenant) as session:
        notice = session.get_one(Notice, (row.tenant, row.id))
        account = session.get(Account, (GLOBAL_TENANT, notice.account_id))
    if account is None or account.disabled_at is not None:
        return
    addresses = [address for url in urls if (address := _addressed(url, account))]
    if not addresses:
        return
    title, body = _words(notice, account.language)
    sender = apprise.Apprise()
    if not all(sender.add(address) for address in addresses):
        raise NotDelivered()
    if not sender.notify(title=title, body=f"{body}\n\n{notice.id}"):
        raise NotDelivered()


def _addressed(url: str, account: Account) -> str | None:
    known = {"email": account.email, "phone": account.phone}
    asked = {name for _text, name, _format, _conversion in Formatter().parse(url) if name}
    if not all(known.get(name) for name in asked):
        return None
    return url.format(**{name: quote(known[name] or "", safe="@+") for name in asked})


def _words(notice: Notice, language: str) -> tuple[str, str]:
    return put_into_words(
        notice.template,
        notice.params,
        chinese=language.startswith("zh"),
        translate=_translator(language),
        say_instant=lambda moment: f"{moment.astimezone(_ZONE):%Y-%m-%d %H:%M}",
    )


@cache
def _translator(language: str) -> Callable[[str], str]:
    return gettext.translation("messages", _TRANSLATIONS, [language], fallback=True).gettext
