"""The API, version 1: one blueprint and its schemas for each room. Thin: it reads, calls a verb, and answers."""

from flask import Flask
from flask_smorest import Api

from app import edge
from app.api import (
    accounts,
    audit,
    benches,
    calendars,
    cases,
    catalogue,
    docs,
    documents,
    events,
    examples,
    figures,
    glossary,
    incidents,
    items,
    materials,
    metrics,
    moving,
    notices,
    org,
    org_imports,
    org_order,
    org_people,
    people,
    playing,
    problems,
    publishing,
    refusals,
    settings,
    steps,
    supervision,
    verification,
    webhooks,
    what_if,
)
from app.api.description import ABOUT, PROBLEM, ProblemShape, Room, describe, describe_problems

ROOMS: tuple[Room, ...] = (
    items.room,
    publishing.room,
    catalogue.room,
    moving.room,
    benches.room,
    playing.room,
    playing.sending,
    what_if.room,
    settings.room,
    cases.room,
    steps.room,
    materials.room,
    documents.room,
    verification.room,
    supervision.room,
    figures.room,
    notices.room,
    people.room,
    accounts.room,
    calendars.room,
    calendars.reading,
    org.room,
    org_order.room,
    org_people.room,
    org_imports.room,
    audit.room,
    incidents.room,
    webhooks.room,
)


class _Api(Api):
    """flask-smorest, with errors as problem+json."""

    ERROR_SCHEMA = ProblemShape
    DEFAULT_ERROR_RESPONSE_NAME = PROBLEM

    def _register_error_handlers(self) -> None:
        """Errors go out through `problems`."""

    def _register_responses(self) -> None:
        describe_problems(self.spec)


def register(app: Flask) -> None:
    """Serve the API below /api/v1."""
    for prefix in ("/api/", "/metrics"):
        edge.answer_errors(app, prefix, problems.answer)
    app.config.update(API_TITLE="Greenlight", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    api = app.extensions["api"] = _Api(app, spec_kwargs={"info": {"description": ABOUT}})
    describe(api.spec)
    for room in ROOMS:
        api.register_blueprint(room)
    events.describe(api.spec)
    written = api.spec.to_dict()
    refusals.declare(written, app)
    glossary.explain(written, {name: key[0] for key, name in api.ma_plugin.converter.refs.items()})
    examples.illustrate(written)
    app.register_blueprint(docs.blueprint)
    app.register_blueprint(metrics.blueprint)
