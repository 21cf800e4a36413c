"""The small office of the cases' tests, with its people."""

from tests.integration.cases.conftest import acting, office, shared_database, store, submitted

__all__ = ["acting", "office", "shared_database", "store", "submitted"]
