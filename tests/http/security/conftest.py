"""The office of the API's tests, attacked."""

from tests.http.api.conftest import as_person, house, submitted

__all__ = ["as_person", "house", "submitted"]
