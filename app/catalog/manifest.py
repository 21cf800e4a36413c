"""Reading item.yaml: YAML without aliases, without surprises (no and 12:30 are texts), within bounds."""

import re
from typing import Any

import yaml

from app.catalog import schema
from app.catalog.findings import Report
from app.catalog.types import Manifest

MAX_BYTES = 262_144
MAX_DEPTH = 12
MAX_VALUES = 10_000
"""Keys and values. An item has a tenth of it, and each costs the reader a good deal of time."""


class _Unfit(Exception):
    """What YAML allows and item.yaml does not; carries the finding."""

    def __init__(self, rule_code: str, element: str | None = None, **params: Any) -> None:
        super().__init__(rule_code)
        self.rule_code, self.element, self.params = rule_code, element, params


class _Loader(yaml.SafeLoader):
    """No aliases (a few lines of them stand for gigabytes), no key twice, and JSON's idea of numbers and truth."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, Any]]] = {}
    _depth = _count = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Unfit("yaml-alias")
        if tag := getattr(event, "tag", None):
            raise _Unfit("yaml-tag", tag=tag)
        if self._depth >= MAX_DEPTH:
            raise _Unfit("yaml-too-deep", limit=MAX_DEPTH)
        self._depth += 1
        self._count += 1
        if self._count > MAX_VALUES:
            raise _Unfit("yaml-too-many", limit=MAX_VALUES)
        node = super().compose_node(parent, index)
        self._depth -= 1
        if isinstance(parent, yaml.MappingNode) and index is None and node is not None:
            self._note(parent, str(node.value))
        return node

    def _note(self, mapping: yaml.MappingNode, key: str) -> None:
        """A key of a mapping that is being read."""
        seen: set[str] = vars(mapping).setdefault("keys_seen", set())
        if key in seen:
            raise _Unfit("twice", key)
        seen.add(key)


for _tag, _pattern, _first in (
    ("bool", r"(?:true|false)\Z", "tf"),
    ("int", r"-?(?:0|[1-9][0-9]{0,17})\Z", "-0123456789"),
    ("null", r"(?:null|~)\Z", "n~"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern, re.ASCII), list(_first))


class _WithNumbers(_Loader):
    """With decimals, which item.yaml has none of."""


_WithNumbers.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"-?(?:0|[1-9][0-9]{0,11})\.[0-9]{1,9}\Z", re.ASCII), list("-0123456789")
)


def read(content: bytes, file: str, report: Report) -> tuple[Manifest | None, dict[str, Any]]:
    """The manifest and the mapping it was made of; None where there are findings, which are noted in `report`."""
    data = parse(content, file, report)
    if data is None:
        return None, {}
    manifest, faults = schema.load(data)
    for path, code, allowed in faults:
        report.add(code, path or None, file, allowed=allowed)
    return manifest, data if manifest else {}


def parse(content: bytes, file: str, report: Report, *, numbers: bool = False) -> Any:
    """What a file of an item holds; None where it cannot be read, which is noted in `report`."""
    loader = _WithNumbers if numbers else _Loader
    try:
        found = yaml.load(content.decode("utf-8-sig"), loader)  # noqa: S506 — a SafeLoader, narrowed further
    except _Unfit as unfit:
        report.add(unfit.rule_code, unfit.element, file, **unfit.params)
        return None
    except (yaml.YAMLError, ValueError) as error:
        report.add("not-yaml", None, file, reason=_reason(error))
        return None
    return "" if found is None else found


def _reason(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"line {error.problem_mark.line + 1}: {error.problem}"
    return str(error)[:200]
