"""Identifiers: UUID version 7, so that rows made together lie together in an index."""

from uuid import UUID

from uuid_utils.compat import uuid7

GLOBAL_TENANT = "*"
"""The reserved tenant of what belongs to no jurisdiction: accounts and applicants."""


def new_id() -> UUID:
    """A fresh identifier that sorts by the time of its making."""
    return uuid7()
