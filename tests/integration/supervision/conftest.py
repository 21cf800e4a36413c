"""The small office of the cases' tests."""

from tests.integration.cases.conftest import office, shared_database

__all__ = ["office", "shared_database"]
