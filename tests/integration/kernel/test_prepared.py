"""Statements that the driver runs: in the session's transaction, in its savepoints, with its errors."""

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from app.kernel.database import Database
from app.kernel.prepared import Prepared, execute, pipelined
from app.kernel.settings import Setting

ADD = Prepared(insert(Setting), ["key", "value"])
READ = Prepared(select(Setting.value).where(Setting.key == bindparam("wanted")))
CHANGE = Prepared(
    update(Setting).where(Setting.key == bindparam("wanted")).values(value="fixed").returning(Setting.key)
)


def value(session: Session, key: str) -> object:
    row = READ.run(session, wanted=key).fetchone()
    return row and row.value


def test_json_goes_in_and_comes_out(session: Session) -> None:
    ADD.run(session, key="a", value={"zh": "绿灯", "n": [1, None]})
    assert value(session, "a") == {"zh": "绿灯", "n": [1, None]}


def test_values_written_into_the_statement_are_kept(session: Session) -> None:
    ADD.run(session, key="a", value=1)
    assert [row.key for row in CHANGE.run(session, wanted="a")] == ["a"]
    assert value(session, "a") == "fixed"


def test_many_rows_go_at_once(session: Session) -> None:
    ADD.run_many(session, [{"key": str(number), "value": number} for number in range(5)])
    assert [value(session, str(number)) for number in range(5)] == list(range(5))


def test_a_savepoint_that_is_rolled_back_takes_it_along(session: Session) -> None:
    ADD.run(session, key="before", value=1)
    savepoint = session.begin_nested()
    ADD.run(session, key="inside", value=1)
    savepoint.rollback()
    assert (value(session, "before"), value(session, "inside")) == (1, None)


def test_errors_are_those_of_sqlalchemy(session: Session) -> None:
    ADD.run(session, key="a", value=1)
    with pytest.raises(IntegrityError, match="pk_setting"), session.begin_nested():
        ADD.run(session, key="a", value=2)
    with pytest.raises(DBAPIError), session.begin_nested():
        execute(session, "SELECT 1 / 0", ())


def test_a_roll_back_undoes_what_was_sent_together(database: Database) -> None:
    with database.transaction("330300") as session:
        with pipelined(session):
            ADD.run(session, key="a", value=1)
            ADD.run(session, key="b", value=2)
        session.rollback()
    with database.transaction("330300") as session, pipelined(session):
        ADD.run(session, key="c", value=3)
    with database.transaction("330300") as session:
        assert [value(session, key) for key in "abc"] == [None, None, 3]
