"""What was entered into a case: by the applicant at the start, and in each step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.cases.passage import stored_writes
from app.catalog.types import LIST_REASON, ON_LIST, Wording


@dataclass(frozen=True, slots=True)
class Writes:
    """What was entered into a case: by the applicant at the start, and in each step."""

    application: Mapping[str, Any]
    steps: Mapping[str, Mapping[str, Any]]

    @property
    def listed(self) -> Wording | None:
        """Why the elimination list has what was applied for; None where it has not."""
        found = self.steps.get(ON_LIST, {}).get(LIST_REASON)
        return Wording(**found) if found else None

    @classmethod
    def of(cls, session: Session, tenant: str, case_id: UUID) -> "Writes":
        """The present values, by the element that wrote them."""
        application: dict[str, Any] = {}
        steps: dict[str, dict[str, Any]] = {}
        for write in stored_writes(session, tenant, case_id):
            if write.element is None:
                application[write.name] = write.value
            else:
                steps.setdefault(write.element, {})[write.name] = write.value
        return cls(application, steps)

    def of_element(self, element: str) -> Mapping[str, Any]:
        """The form fields last entered in a step."""
        return {name: value for name, value in self.steps.get(element, {}).items() if name != element}

    def outcome_of(self, element: str) -> Mapping[str, Any]:
        """Outcome and opinion last given in a step."""
        given: Mapping[str, Any] = self.steps.get(element, {}).get(element, {})
        return given
