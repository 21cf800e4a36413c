"""Every table of the house. What needs the whole schema (migrations, tests) imports this and nothing else."""

from sqlalchemy import MetaData

from app.kernel.database import Base

ROOMS = (
    "audit",
    "org",
    "identity",
    "catalog",
    "deadlines",
    "inbox",
    "materials",
    "notices",
    "cases",
    "studio",
    "supervision",
)


def metadata() -> MetaData:
    """The metadata with the tables of all rooms loaded."""
    from importlib import import_module

    import_module("app.kernel.settings")
    import_module("app.kernel.idempotency")
    for room in ROOMS:
        import_module(f"app.{room}.models")
    return Base.metadata
