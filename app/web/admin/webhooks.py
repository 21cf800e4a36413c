"""Webhooks: who is told of what, and what was sent."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.kernel.marking import _
from app.notices import webhooks as verbs
from app.notices.events import EVENTS
from app.notices.models import Webhook
from app.web.admin import blueprint
from app.web.admin.forms import number
from app.web.errors import shown_on
from app.web.once import once

PAGE = 30
MANAGE = verbs.MANAGE


@blueprint.get("/webhooks")
@edge.guarded(MANAGE)
def webhooks() -> ResponseReturnValue:
    """The webhooks of the jurisdiction, and a form for another one."""
    found = verbs.listing(edge.session(), edge.actor())
    return render_template("admin/webhooks.html", webhooks=found, kinds=EVENTS)


@blueprint.post("/webhooks")
@shown_on(webhooks)
@edge.guarded(MANAGE)
@once
def add_webhook() -> ResponseReturnValue:
    """Register one and show its secret, this once."""
    form = request.form
    made = verbs.register(
        edge.session(),
        edge.actor(),
        url=form.get("url", "").strip(),
        events=form.getlist("events"),
        description=form.get("description", ""),
        rules=edge.office().webhook_rules,
        now=edge.now(),
    )
    return _page(made.id, _secret(made))


@blueprint.get("/webhooks/<uuid:webhook_id>")
@edge.guarded(MANAGE)
def webhook(webhook_id: UUID) -> ResponseReturnValue:
    """One webhook, and what was or will be sent to it."""
    return _page(webhook_id, None)


@blueprint.post("/webhooks/<uuid:webhook_id>")
@shown_on(webhook)
@edge.guarded(MANAGE)
@once
def change_webhook(webhook_id: UUID) -> ResponseReturnValue:
    """Change it, give it a new secret, try it, or remove it."""
    session, actor, now, form = edge.session(), edge.actor(), edge.now(), request.form
    match form.get("act"):
        case "rotate":
            return _page(webhook_id, _secret(verbs.rotate(session, actor, webhook_id, now)))
        case "test":
            verbs.test(session, actor, webhook_id, now)
            return _back(webhook_id, _("A test event is on its way; what comes of it is listed below."))
        case "remove":
            verbs.remove(session, actor, webhook_id, now)
            flash(gettext("The webhook was removed."), "good")
            return redirect(url_for(".webhooks"), 303)
    verbs.change(
        session,
        actor,
        webhook_id,
        url=form.get("url", "").strip(),
        events=form.getlist("events"),
        description=form.get("description", ""),
        active=bool(form.get("active")),
        rules=edge.office().webhook_rules,
        now=now,
        version=number("version"),
    )
    return _back(webhook_id, _("Saved."))


@blueprint.post("/webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>")
@shown_on(webhook)
@edge.guarded(MANAGE)
@once
def send_again(webhook_id: UUID, delivery_id: UUID) -> ResponseReturnValue:
    """Send a message once more."""
    verbs.send_again(edge.session(), edge.actor(), webhook_id, delivery_id, edge.now())
    return _back(webhook_id, _("The message is sent once more."))


def _page(webhook_id: UUID, secret: str | None) -> str:
    session, actor = edge.session(), edge.actor()
    found = verbs.webhook(session, actor, webhook_id)
    sent, before = verbs.deliveries(session, actor, webhook_id, None, PAGE, request.args.get("before", type=UUID))
    g.page = url_for(".webhook", webhook_id=webhook_id)
    return render_template(
        "admin/webhook.html", webhook=found, sent=sent, before=before, kinds=EVENTS, secret=secret, now=edge.now()
    )


def _secret(made: Webhook) -> str:
    return verbs.secret(edge.office().settings.secret_key, made.salt)


def _back(webhook_id: UUID, said: str) -> ResponseReturnValue:
    flash(gettext(said), "good")
    return redirect(url_for(".webhook", webhook_id=webhook_id), 303)
