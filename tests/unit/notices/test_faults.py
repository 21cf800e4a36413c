"""What an operator reads of an error: where and what, and nobody's data."""

import pytest
from psycopg import errors as postgres
from sqlalchemy.exc import IntegrityError

from app.notices.errors import UnknownOperation
from app.notices.faults import LONGEST, describe


def caught(error: BaseException) -> BaseException:
    with pytest.raises(type(error)) as info:
        raise error
    return info.value


def test_the_message_of_a_foreign_error_is_left_out() -> None:
    text = describe(caught(ValueError("张三 330302199001011234")))
    assert text.startswith("ValueError\n")
    assert "张三" not in text
    assert "33030219" not in text
    assert "test_faults.py:" in text


def test_our_own_errors_keep_their_message_unfilled() -> None:
    text = describe(caught(UnknownOperation(operation="张三")))
    assert text.startswith("UnknownOperation (unknown-operation): Nothing here knows how to do “%(operation)s”.")
    assert "张三" not in text


def test_the_system_says_what_it_says() -> None:
    assert describe(PermissionError(13, "Permission denied", "/home/张三")) == "PermissionError: Permission denied"


def test_a_database_error_names_its_kind_not_its_values() -> None:
    cause = postgres.UniqueViolation("Key (name)=(张三) already exists")
    text = describe(IntegrityError("INSERT … 张三", {"name": "张三"}, cause))
    assert text.startswith("IntegrityError: UniqueViolation")
    assert "张三" not in text


def test_causes_are_told_and_the_whole_is_bounded() -> None:
    def sink(depth: int) -> None:
        try:
            raise TimeoutError(110, "Connection timed out") if depth == 0 else KeyError(depth)
        except TimeoutError as error:
            raise RuntimeError("x" * 5000) from error

    with pytest.raises(RuntimeError) as info:
        sink(0)
    text = describe(info.value)
    assert "caused by TimeoutError: Connection timed out" in text
    error: BaseException = ValueError()
    for _ in range(500):
        error = ValueError() if error is None else caught(_chained(error))
    assert len(describe(error)) <= LONGEST


def _chained(cause: BaseException) -> BaseException:
    error = ValueError()
    error.__cause__ = cause
    return error
