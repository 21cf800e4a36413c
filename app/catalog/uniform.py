"""The eight things about an item that are uniform everywhere (八统一), seen together."""

from dataclasses import dataclass

from app.catalog.types import ServiceItem
from app.kernel.marking import _


@dataclass(frozen=True, slots=True)
class UniformElement:
    """One of the eight: its name (a msgid), its code, and whether the item says something about it."""

    code: str
    name: str
    present: bool


def elements(item: ServiceItem) -> tuple[UniformElement, ...]:
    """The eight, in the order in which they are always named."""
    said = item.manifest
    return (
        UniformElement("main-name", _("Name of the main item"), said.main is not None),
        UniformElement("sub-name", _("Name of the sub-item"), bool(said.name.zh)),
        UniformElement("basis", _("Legal basis"), bool(said.basis)),
        UniformElement("materials", _("Materials"), bool(said.materials)),
        UniformElement("service-flow", _("Service flow"), bool(said.guide)),
        UniformElement("internal-flow", _("Internal flow"), bool(said.steps)),
        UniformElement("time-limit", _("Time limit"), said.limits.promised.days > 0),
        UniformElement("form", _("Form"), said.applicant_form in item.forms),
    )
