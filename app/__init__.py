"""Greenlight 绿灯: a BPMN-driven government approval system. `create_app` is the only place that wires everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The application on the settings given, or on those of the environment.

    Everything is imported here, so that who needs one room only (a confined child) does not load the whole house.
    """
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from app import api, cli, intake, logs, web
    from app.config import Settings
    from app.jobs import ticker
    from app.office import Office

    logs.configure()
    settings = settings or Settings.from_environ()
    app = Flask(__name__, static_folder=None)
    app.secret_key = settings.secret_key
    if proxies := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0)  # type: ignore[method-assign]
    app.extensions["greenlight"] = Office.opened(settings)
    intake.register(app)
    web.register(app)
    api.register(app)
    cli.register(app)

    @app.cli.command("ticker")
    def tick() -> None:
        """Do what the office does on its own, until told to stop. Any number may run."""
        ticker.run(app.extensions["greenlight"])

    return app
