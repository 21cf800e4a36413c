"""Departments and their posts."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.administration import attention, departments, posts, queries
from app.administration.types import PostRow
from app.kernel.marking import _
from app.org import queries as org
from app.web.admin import blueprint
from app.web.admin.forms import needed, number
from app.web.errors import shown_on
from app.web.once import once


@blueprint.get("/departments")
@edge.guarded("org.manage")
def office() -> ResponseReturnValue:
    """All departments with their posts and who holds them."""
    session, actor = edge.session(), edge.actor()
    return render_template(
        "admin/office.html",
        departments=org.departments(session, actor.tenant, closed=True),
        posts=queries.posts(session, actor, edge.now(), closed=True),
        roles={role.code: role for role in queries.roles(session, actor)},
        bound=attention.bound_items(session),
    )


@blueprint.post("/departments")
@shown_on(office)
@edge.guarded("org.manage")
@once
def add_department() -> ResponseReturnValue:
    """Add a department."""
    code, zh, en = _named()
    departments.add_department(edge.session(), edge.actor(), code=code, name_zh=zh, name_en=en, now=edge.now())
    return _to_office(_("The department was added."))


@blueprint.get("/departments/<uuid:department_id>")
@edge.guarded("org.manage")
def department(department_id: UUID) -> ResponseReturnValue:
    """One department."""
    found = org.department(edge.session(), edge.actor().tenant, department_id)
    return render_template("admin/department.html", department=found)


@blueprint.post("/departments/<uuid:department_id>")
@shown_on(department)
@edge.guarded("org.manage")
@once
def change_department(department_id: UUID) -> ResponseReturnValue:
    """Rename, close or open a department again."""
    session, actor, now, version = edge.session(), edge.actor(), edge.now(), number("version")
    match request.form.get("act"):
        case "close":
            departments.close_department(session, actor, department_id, now=now, version=version)
            return _to_office(_("The department was closed."))
        case "reopen":
            departments.reopen_department(session, actor, department_id, now=now, version=version)
            return _to_office(_("The department is open again."))
        case _:
            _code, zh, en = _named()
            departments.rename_department(
                session, actor, department_id, name_zh=zh, name_en=en, now=now, version=version
            )
            return _to_office(_("Saved."))


@blueprint.get("/posts/new")
@edge.guarded("org.manage")
def new_post() -> ResponseReturnValue:
    """The form for a post."""
    return _post_page(None)


@blueprint.post("/posts/new")
@shown_on(new_post)
@edge.guarded("org.manage")
@once
def add_post() -> ResponseReturnValue:
    """Add a post with its roles."""
    code, zh, en = _named()
    made = posts.add_post(
        edge.session(),
        edge.actor(),
        department_id=needed("department"),
        code=code,
        name_zh=zh,
        name_en=en,
        roles=request.form.getlist("roles"),
        is_head="is_head" in request.form,
        now=edge.now(),
    )
    flash(gettext("The post was added."), "good")
    return redirect(url_for(".post", post_id=made.id), 303)


@blueprint.get("/posts/<uuid:post_id>")
@edge.guarded("org.manage")
def post(post_id: UUID) -> ResponseReturnValue:
    """One post: names, department, roles, who holds it, what is bound to it."""
    return _post_page(queries.post(edge.session(), edge.actor(), post_id, edge.now()))


@blueprint.post("/posts/<uuid:post_id>")
@shown_on(post)
@edge.guarded("org.manage")
@once
def change_post(post_id: UUID) -> ResponseReturnValue:
    """Change, close or open a post again."""
    session, actor, now, version = edge.session(), edge.actor(), edge.now(), number("version")
    match request.form.get("act"):
        case "close":
            posts.close_post(session, actor, post_id, now=now, version=version)
            return _to_office(_("The post was closed."))
        case "reopen":
            posts.reopen_post(session, actor, post_id, now=now, version=version)
            return _to_office(_("The post is open again."))
        case _:
            _code, zh, en = _named()
            posts.change_post(
                session,
                actor,
                post_id,
                department_id=needed("department"),
                name_zh=zh,
                name_en=en,
                roles=request.form.getlist("roles"),
                is_head="is_head" in request.form,
                now=now,
                version=version,
            )
            flash(gettext("Saved."), "good")
            return redirect(url_for(".post", post_id=post_id), 303)


def _post_page(found: PostRow | None) -> str:
    session, actor = edge.session(), edge.actor()
    code = found.code if found else ""
    return render_template(
        "admin/post.html",
        post=found,
        departments=org.departments(session, actor.tenant),
        roles=queries.roles(session, actor),
        items=attention.bound_items(session).get(code, []),
        waiting=queries.open_steps_at(session, actor.tenant, [code]).get(code, 0),
        wanted=request.args.get("department", ""),
    )


def _named() -> tuple[str, str, str]:
    form = request.form
    return form.get("code", "").strip(), form.get("name_zh", ""), form.get("name_en", "")


def _to_office(said: str) -> ResponseReturnValue:
    flash(gettext(said), "good")
    return redirect(url_for(".office"), 303)
