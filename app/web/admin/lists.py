"""Lists from which the forms of administration let one choose: [(group or None, [(value, text), …]), …]."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import Flask
from flask_babel import format_date

from app.administration.types import Held, PostRow
from app.org.models import Department
from app.web.admin import forms
from app.web.formview import say
from app.web.language import pick

Choice = tuple[Any, str]
Groups = list[tuple[str | None, Sequence[Choice]]]


def register(app: Flask) -> None:
    """Let templates use them."""
    for one in (named, by_department, posts_held, successors, month_name, short_weekday):
        app.add_template_filter(one)
    app.add_template_filter(say, "said_of")
    app.jinja_env.globals.update(
        typed=forms.typed,
        chosen=forms.chosen,
        is_sent=forms.is_sent,
        field_faults=forms.faults,
        all_faults=forms.all_faults,
        as_last_day=forms.as_last_day,
    )


def named(rows: Iterable[Any]) -> list[Choice]:
    """Things with names in both languages, by their id, or their code where they have no id."""
    return [(getattr(row, "id", None) or row.code, pick(row)) for row in rows]


def by_department(
    posts: Iterable[PostRow], departments: Iterable[Department], without: Collection[UUID] = ()
) -> Groups:
    """Open posts, by department."""
    inside: dict[UUID, list[Choice]] = {}
    for post in posts:
        if post.closed_at is None and post.id not in without:
            inside.setdefault(post.department_id, []).append((post.id, pick(post)))
    return [(pick(one), inside[one.id]) for one in departments if one.id in inside]


def posts_held(held: Iterable[Held]) -> list[Choice]:
    """Posts that somebody holds."""
    return [(one.post_id, pick(one)) for one in held]


def successors(held: Iterable[Held], others: Mapping[UUID, Sequence[tuple[UUID, str]]]) -> Groups:
    """Who else holds each of the posts."""
    return [(pick(one), others[one.post_id]) for one in held if others.get(one.post_id)]


def month_name(first: date) -> str:
    """一月 · January"""
    return str(format_date(first, "LLLL"))


def short_weekday(day: date) -> str:
    """一 · M"""
    return str(format_date(day, "EEEEE"))
