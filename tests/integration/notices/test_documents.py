"""Documents: issued once, numbered in a series, kept as issued, verified by anyone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from app.kernel.database import Database, enter_tenant
from app.materials.store import FileStore
from app.notices import codes, documents, queries
from app.notices.errors import BadVerificationCode, DocumentDamaged, NoDocument, OtherDecisionStands
from app.notices.models import Document
from app.notices.types import DecisionFacts

FACTS = DecisionFacts(
    authority={"zh": "鹿城区自然资源局", "en": "Bureau of Natural Resources, Lucheng"},
    word="鹿政审",
    supervision_code="330302-1",
    item={"zh": "用地预审", "en": "Land preliminary review"},
    project="瓯江路",
    applicant="张三",
    verify_url="https://example.org/verify/",
    review_body={"zh": "鹿城区人民政府", "en": "the People's Government of Lucheng"},
    court={"zh": "鹿城区人民法院", "en": "the People's Court of Lucheng"},
    received_at=datetime(2026, 11, 2, 2, tzinfo=UTC),
    accepted_at=datetime(2026, 11, 4, 2, tzinfo=UTC),
)


@pytest.fixture
def store() -> FileStore:
    return FileStore("memory:///")


def issued(
    database: Database, store: FileStore, case_id: UUID, kind: str, now: datetime, occasion: str = ""
) -> Document:
    register = documents.issue(database, store, "330300", case_id, kind, FACTS, now, occasion)
    with database.transaction("330300") as session:
        return register(session)


def test_a_document_is_issued_and_read_back(
    database: Database, store: FileStore, kept_case: UUID, now: datetime
) -> None:
    made = issued(database, store, kept_case, "grant", now)
    with database.transaction("330300") as session:
        row, content = documents.read(session, store, "330300", made.id)
        assert queries.documents_of(session, "330300", kept_case) == [row]
    assert content.startswith(b"%PDF-1.7")
    assert (row.size, row.sha256) == (len(content), sha256(content).digest())
    assert (row.kind, row.number, row.issued_at) == ("grant", "鹿政审准〔2026〕1号", now)
    assert codes.tenant_of(row.verification_code) == "330300"
    assert documents.filename(row) == "准予行政许可决定书 鹿政审准〔2026〕1号.pdf"
    assert documents.translation(row).startswith(b"%PDF-1.7")


def test_issuing_again_changes_nothing(database: Database, store: FileStore, kept_case: UUID, now: datetime) -> None:
    first = issued(database, store, kept_case, "grant", now)
    again = issued(database, store, kept_case, "grant", now.replace(year=2027))
    assert (again.id, again.number, again.issued_at) == (first.id, first.number, now)


def test_two_tries_at_once_leave_one_document_whose_file_is_its_own(
    database: Database, store: FileStore, kept_case: UUID, now: datetime
) -> None:
    start = Barrier(2)

    def work() -> UUID:
        register = documents.issue(database, store, "330300", kept_case, "grant", FACTS, now)
        start.wait()
        with database.transaction("330300") as session:
            return register(session).id

    with ThreadPoolExecutor(2) as pool:
        ids = {each.result() for each in [pool.submit(work) for _ in range(2)]}
    assert len(ids) == 1
    with database.transaction("330300") as session:
        row, content = documents.read(session, store, "330300", ids.pop())
        assert len(queries.documents_of(session, "330300", kept_case)) == 1
    assert sha256(content).digest() == row.sha256


def test_a_case_is_decided_once(database: Database, store: FileStore, kept_case: UUID, now: datetime) -> None:
    issued(database, store, kept_case, "grant", now)
    with pytest.raises(OtherDecisionStands):
        issued(database, store, kept_case, "deny", now)


def test_what_recurs_is_one_document_for_each_occasion(
    database: Database, store: FileStore, kept_case: UUID, now: datetime
) -> None:
    first, second = str(uuid4()), str(uuid4())
    numbers = [issued(database, store, kept_case, "supplement", now, each).number for each in (first, second, first)]
    assert numbers == ["鹿政审补〔2026〕1号", "鹿政审补〔2026〕2号", "鹿政审补〔2026〕1号"]
    with pytest.raises(ValueError, match="occasion"):
        documents.issue(database, store, "330300", kept_case, "supplement", FACTS, now)


def test_series_run_by_kind_and_by_the_offices_year(
    database: Database, store: FileStore, kept_case: UUID, now: datetime
) -> None:
    numbers = [
        issued(database, store, kept_case, "supplement", at, str(uuid4())).number
        for at in (now, now, datetime(2026, 12, 31, 15, 59, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC))
    ]
    assert [number.removeprefix("鹿政审补") for number in numbers] == [
        "〔2026〕1号",
        "〔2026〕2号",
        "〔2026〕3号",
        "〔2027〕1号",
    ]
    assert issued(database, store, kept_case, "accept", now).number == "鹿政审受〔2026〕1号"


def test_a_document_that_was_never_registered_is_none(
    database: Database, store: FileStore, kept_case: UUID, now: datetime
) -> None:
    documents.issue(database, store, "330300", kept_case, "grant", FACTS, now)
    with database.transaction("330300") as session:
        assert queries.documents_of(session, "330300", kept_case) == []
    assert issued(database, store, kept_case, "grant", now).number == "鹿政审准〔2026〕2号"


def test_a_changed_or_lost_file_is_not_handed_out(
    database: Database, store: FileStore, kept_case: UUID, now: datetime
) -> None:
    row = issued(database, store, kept_case, "grant", now)
    store.put(documents.key_of(row), b"%PDF-1.7 forged")
    with database.transaction("330300") as session:
        with pytest.raises(DocumentDamaged):
            documents.read(session, store, "330300", row.id)
        store.delete(documents.key_of(row))
        with pytest.raises(DocumentDamaged):
            documents.read(session, store, "330300", row.id)
        with pytest.raises(NoDocument):
            documents.read(session, store, "330300", uuid4())


def test_anyone_verifies_a_document_and_learns_no_more_than_needed(
    database: Database, store: FileStore, kept_case: UUID, now: datetime
) -> None:
    row = issued(database, store, kept_case, "grant", now)
    typed = row.verification_code.replace("-", " ").lower()
    with database.transaction("*", [codes.tenant_of(typed) or ""]) as session:
        found = queries.find_by_code(session, typed)
    assert found is not None
    record = documents.public(found)
    assert (record.number, record.applicant, record.sha256) == (row.number, "张*", row.sha256.hex())
    assert record.authority == FACTS.authority


def test_a_code_that_was_never_drawn_and_one_that_is_mistyped_are_told_apart(session: Session) -> None:
    never = codes.draw("330300")
    assert queries.find_by_code(session, never) is None
    with pytest.raises(BadVerificationCode):
        queries.find_by_code(session, never[:-1] + ("0" if never[-1] != "0" else "1"))


def test_another_offices_document_is_not_seen(
    database: Database, store: FileStore, kept_case: UUID, now: datetime
) -> None:
    row = issued(database, store, kept_case, "grant", now)
    with database.transaction("330302") as session:
        with pytest.raises(NoDocument):
            documents.read(session, store, "330300", row.id)
        enter_tenant(session, "330302", ["330300"])
        assert documents.read(session, store, "330300", row.id)[0].number == row.number


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("张三", "张*"),
        ("欧阳修远", "欧***"),
        ("买买提·吐尔逊", "买******"),
        ("鹿城区城市建设发展有限公司", "鹿城区城市建设发展有限公司"),
        ("", ""),
    ],
)
def test_names_of_persons_are_masked(name: str, public: str) -> None:
    assert documents.masked(name) == public
