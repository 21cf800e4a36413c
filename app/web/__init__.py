"""Pages: server-rendered, in Chinese and English. Thin: a view reads, calls one verb or query, and shows a template."""

from typing import Any

from flask import Flask, g
from jinja2 import StrictUndefined

from app import edge
from app.catalog import fields
from app.web import (
    assets,
    cases,
    clocks,
    compression,
    direction,
    errors,
    formview,
    language,
    navigation,
    public,
    security,
    styleguide,
    theme,
    words,
)
from app.web.account import blueprint as account
from app.web.admin import blueprint as admin
from app.web.admin import lists
from app.web.applicant import drafts
from app.web.applicant import views as applicant
from app.web.desk import views as desk
from app.web.once import fresh_key
from app.web.queues import item_name
from app.web.studio import blueprint as studio
from app.web.supervision import views as supervision
from app.web.window import views as window

BLUEPRINTS = (
    assets.blueprint,
    public.blueprint,
    account,
    cases.blueprint,
    applicant.blueprint,
    drafts.blueprint,
    window.blueprint,
    desk.blueprint,
    supervision.blueprint,
    studio,
    admin,
)


def register(app: Flask) -> None:
    """Serve the pages."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.finalize = direction.closed
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    compression.register(app)
    language.register(app)
    theme.register(app)
    security.register(app, app.extensions["greenlight"].settings)
    errors.register(app)
    words.register(app)
    clocks.register(app)
    lists.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if app.debug:
        app.register_blueprint(styleguide.blueprint)
    app.jinja_env.globals.update(
        tally=navigation.tally,
        asset=assets.asset,
        fresh_key=fresh_key,
        problem=errors.problem,
        switched=language.CHOICE.address,
        in_words=fields.wording,
        item_name=item_name,
        sections=formview.sections,
        prose=formview.prose_of,
        has_files=formview.has_files,
    )
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    """What the frame of every page shows. Error pages are rendered outside the request's transaction: no queries."""
    actor = g.get("actor", edge.PUBLIC)
    chinese = language.is_chinese()
    return {
        "actor": actor,
        "chinese": chinese,
        "languages": language.LANGUAGES,
        "other_language": "en" if chinese else "zh_CN",
        "places": navigation.places(actor),
        "theme": theme.theme(),
        "night": theme.NIGHT[theme.theme()],
        "demo": edge.office().is_demo,
        "office_now": g.get("now"),
    }
