"""What all jurisdictions share: roles with their permissions, regions."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.administration import queries
from app.administration import regions as region_verbs
from app.administration import roles as role_verbs
from app.administration.types import RoleRow
from app.deadlines import queries as deadlines
from app.kernel.errors import NotFound
from app.kernel.marking import _
from app.org import queries as org
from app.org.models import Region
from app.org.roles import OF_POSTS, OVER_ALL
from app.web.admin import blueprint
from app.web.admin.forms import number
from app.web.errors import shown_on
from app.web.language import pick
from app.web.once import once
from app.web.sorting import by_name, sort


@blueprint.get("/roles")
@edge.guarded("org.manage", "role.manage")
def roles() -> ResponseReturnValue:
    """All roles that a post may carry, and what each may do."""
    keys: dict[str, Callable[[RoleRow], Any]] = {
        "kind": lambda role: not role.fixed,
        "name": lambda role: by_name(pick(role)),
        "code": lambda role: role.code,
        "permissions": lambda role: len(role.permissions),
    }
    found, sorting = sort(queries.roles(edge.session(), edge.actor()), keys, "kind")
    return render_template("admin/roles.html", roles=found, sorting=sorting)


@blueprint.get("/roles/new")
@edge.guarded("role.manage")
def new_role() -> ResponseReturnValue:
    """The form for a role of one's own."""
    return _role_page(None)


@blueprint.post("/roles/new")
@shown_on(new_role)
@edge.guarded("role.manage")
@once
def add_role() -> ResponseReturnValue:
    """Add it."""
    form = request.form
    role_verbs.add_role(
        edge.session(),
        edge.actor(),
        code=form.get("code", "").strip(),
        name_zh=form.get("name_zh", ""),
        name_en=form.get("name_en", ""),
        permissions=form.getlist("permissions"),
        now=edge.now(),
    )
    return _to_roles(_("The role was added."))


@blueprint.get("/roles/<code>")
@edge.guarded("role.manage")
def role(code: str) -> ResponseReturnValue:
    """One role; those that are built in are shown and not changed."""
    found = next((each for each in queries.roles(edge.session(), edge.actor()) if each.code == code), None)
    if found is None:
        raise NotFound(kind="role", key=code)
    return _role_page(found)


@blueprint.post("/roles/<code>")
@shown_on(role)
@edge.guarded("role.manage")
@once
def change_role(code: str) -> ResponseReturnValue:
    """Change or remove a role of one's own."""
    session, actor, now, form, version = edge.session(), edge.actor(), edge.now(), request.form, number("version")
    if form.get("act") == "remove":
        role_verbs.remove_role(session, actor, code, now=now, version=version)
        return _to_roles(_("The role was removed."))
    role_verbs.change_role(
        session,
        actor,
        code,
        name_zh=form.get("name_zh", ""),
        name_en=form.get("name_en", ""),
        permissions=form.getlist("permissions"),
        now=now,
        version=version,
    )
    return _to_roles(_("Saved."))


@blueprint.get("/regions")
@edge.guarded("region.manage")
def regions() -> ResponseReturnValue:
    """All regions; those that run an office of their own."""
    found = queries.regions(edge.session())
    names = {region.code: pick(region) for region in found}
    keys: dict[str, Callable[[Region], Any]] = {
        "code": lambda region: region.code,
        "name": lambda region: by_name(names[region.code]),
        "parent": lambda region: by_name(names.get(region.parent or "", "")),
        "office": lambda region: not region.is_tenant,
    }
    shown, sorting = sort(found, keys, "code")
    calendars = deadlines.calendars(edge.session())
    return render_template(
        "admin/regions.html", regions=found, shown=shown, names=names, sorting=sorting, calendars=calendars
    )


@blueprint.post("/regions")
@shown_on(regions)
@edge.guarded("region.manage")
@once
def add_region() -> ResponseReturnValue:
    """Add a region below another."""
    form = request.form
    region_verbs.add_region(
        edge.session(),
        edge.actor(),
        code=form.get("code", "").strip(),
        name_zh=form.get("name_zh", ""),
        name_en=form.get("name_en", ""),
        parent=form.get("parent") or None,
        calendar=form.get("calendar", ""),
        now=edge.now(),
    )
    return _to_regions(_("The region was added."))


@blueprint.get("/regions/<code>")
@edge.guarded("region.manage")
def region(code: str) -> ResponseReturnValue:
    """One region."""
    return render_template("admin/region.html", region=org.region(edge.session(), code))


@blueprint.post("/regions/<code>")
@shown_on(region)
@edge.guarded("region.manage")
@once
def change_region(code: str) -> ResponseReturnValue:
    """Rename a region, or let it run an office of its own."""
    session, actor, now, form, version = edge.session(), edge.actor(), edge.now(), request.form, number("version")
    if form.get("act") == "open":
        administrator = form.get("administrator", "").strip()
        region_verbs.make_tenant(session, actor, code, administrator=administrator, now=now, version=version)
        return _to_regions(_("The region runs an office of its own now."))
    names = {"name_zh": form.get("name_zh", ""), "name_en": form.get("name_en", "")}
    region_verbs.rename_region(session, actor, code, **names, now=now, version=version)
    return _to_regions(_("Saved."))


def _role_page(found: RoleRow | None) -> str:
    return render_template("admin/role.html", role=found, permissions=sorted(OF_POSTS), over_all=OVER_ALL)


def _to_roles(said: str) -> ResponseReturnValue:
    flash(gettext(said), "good")
    return redirect(url_for(".roles"), 303)


def _to_regions(said: str) -> ResponseReturnValue:
    flash(gettext(said), "good")
    return redirect(url_for(".regions"), 303)
