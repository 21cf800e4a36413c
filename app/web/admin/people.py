"""The people of one's jurisdiction: found, and joining."""

from typing import Literal
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.administration import people as verbs
from app.administration import queries
from app.administration.queries import PeopleFilter, Presence
from app.administration.types import NewPerson
from app.org import queries as org
from app.web.admin import blueprint
from app.web.admin.forms import first_day, last_day, needed
from app.web.errors import shown_on
from app.web.language import pick
from app.web.once import once
from app.web.sorting import asked

PAGE = 50


@blueprint.get("/people")
@edge.guarded("org.manage")
def people() -> ResponseReturnValue:
    """Everybody here, a page at a time, by what the address asks for."""
    session, actor, now, args = edge.session(), edge.actor(), edge.now(), request.args
    presence: Presence = "left" if args.get("show") == "left" else "here"
    text = args.get("q", "").strip()[:100]
    department = args.get("department", type=UUID)
    sorting = asked(("username", "name"), "username")
    order: Literal["username", "name"] = "name" if sorting.key == "name" else "username"
    wanted = PeopleFilter(text or None, None, department, presence, order, sorting.down)
    found, following = queries.people(session, actor, now, wanted, PAGE, args.get("after", "")[:100] or None)
    return render_template(
        "admin/people.html",
        people=found,
        following=following,
        sorting=sorting,
        departments=org.departments(session, actor.tenant),
        names={one.id: pick(one) for one in org.departments(session, actor.tenant, closed=True)},
        department=department,
        presence=presence,
        text=text,
        now=now,
    )


@blueprint.get("/people/join")
@edge.guarded("org.manage")
def join_form() -> ResponseReturnValue:
    """The form for somebody who joins."""
    session, actor = edge.session(), edge.actor()
    return render_template(
        "admin/join.html",
        posts=queries.posts(session, actor, edge.now()),
        departments=org.departments(session, actor.tenant),
        wanted=request.args.get("post", ""),
    )


@blueprint.post("/people/join")
@shown_on(join_form)
@edge.guarded("org.manage")
@once
def join() -> ResponseReturnValue:
    """Open an account with a first post; whoever joins is given a password on their page."""
    form, session, actor, now = request.form, edge.session(), edge.actor(), edge.now()
    person = NewPerson(
        username=form.get("username", ""),
        name=form.get("name", ""),
        phone=form.get("phone", ""),
        email=form.get("email", ""),
    )
    post, since, until = needed("post"), first_day("since"), last_day("until")
    account = verbs.join(session, actor, person, post, since=since, until=until, now=now)
    flash(gettext("%(name)s has joined. Give them a password now, so that they can log in.", name=account.name), "good")
    return redirect(url_for(".person", account_id=account.id, _anchor="access"), 303)
