"""Examples of requests and answers, put together from one example for each field. A test holds them to the schemas."""

from collections.abc import Mapping
from typing import Any, Final

from app.api.answers import JSON

A_UUID: Final = "019cc0de-7a00-7000-8000-00000000c0de"
AN_INSTANT: Final = "2026-03-02T02:00:00+00:00"
A_DAY: Final = "2026-03-02"
A_HASH: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

TEXTS: Final[Mapping[str, str]] = {
    "account": "chen",
    "actor": "land-reviewer",
    "actor_name": "李审查",
    "administrator": "admin",
    "basis": "promised",
    "body": "您申请的“温州市域铁路 S3 线一期工程”已受理。",
    "column": "code",
    "forms": "application",
    "handler": "李审查",
    "happens": "A case was accepted; its limits run.",
    "hours": "09:00",
    "key": "330300-20260302-0000012-43",
    "kind": "review",
    "light": "green",
    "marks": "yellow",
    "new": "correct horse battery staple",
    "note": "国庆节",
    "old": "paper window granite river",
    "permissions": "step.claim",
    "posts": "land-reviewer",
    "region": "330300",
    "result": "granted",
    "roles": "reviewer",
    "source": "国务院办公厅通知",
    "status": "accepted",
    "superseded_because": "limit moved",
    "supervision_code": "330300-20260302-0000012-43",
    "template": "case-accepted",
    "tenants": "330300",
    "text": "提交的材料齐全。",
    "who": "李审查",
    "why": "working day",
    "wrong": "hash",
    "announced": "P15D",
    "applicant": "温州市轨道交通建设有限公司",
    "by": "李审查",
    "calendar": "cn-2026",
    "case_code": "330300-20260302-0000012-43",
    "code": "330300-20260302-0000012-43",
    "csrf_token": "IjJkOW…",
    "description": "Case management of the planning institute",
    "detail": "There is no case “330300-20260302-0000012-43”, or you may not see it.",
    "digest": A_HASH,
    "element": "review_land",
    "email": "chen@example.org",
    "en": "Wenzhou",
    "error": "TimeoutError",
    "event": "case.accepted",
    "explanation": "现场踏勘因台风推迟两日。",
    "filename": "site-map.pdf",
    "finding": "情况属实，已按期补办。",
    "id_number": "11010519491231002X",
    "item": "land-preliminary-review",
    "language": "zh_CN",
    "media_type": "application/pdf",
    "message": "请尽快办理。",
    "name": "陈晓",
    "name_en": "Bureau of Natural Resources",
    "name_zh": "自然资源局",
    "next": "/api/v1/cases?limit=50&cursor=WyIwMTkuLi4iXQ.c2ln",
    "number": "温政审准〔2026〕12号",
    "operation": "issue-decision",
    "opinion": "符合国土空间规划，同意。",
    "outcome": "approve",
    "parent": "330000",
    "password": "correct horse battery staple",
    "phone": "13800000000",
    "post": "land-reviewer",
    "question": "为何超期？",
    "reason": "选址调整",
    "red": "P20D",
    "remedy": "Check the code.",
    "requirement": "site-map",
    "scopes": "case.read-all",
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "sha256": A_HASH,
    "tag": "api:step:completed",
    "tenant": "330300",
    "timezone": "Asia/Shanghai",
    "title": "温州市域铁路 S3 线一期工程",
    "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    "type": "urn:greenlight:problem:not-found",
    "url": "https://example.org/greenlight",
    "username": "chen",
    "verification_code": "330300-7KQM-4XTR-9ZHW",
    "yellow": "-P1D",
    "zh": "温州市",
}
_FORMATS: Final = {"uuid": A_UUID, "date-time": AN_INSTANT, "date": A_DAY}
_DEEPEST: Final = 12


def illustrate(written: dict[str, Any]) -> None:
    """Give every JSON body of a description an example."""
    schemas = written["components"]["schemas"]
    for operations in written["paths"].values():
        for name, operation in operations.items():
            if name == "parameters":
                continue
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for content in (body.get("content", {}).get(JSON) for body in bodies):
                if content:
                    content.setdefault("example", example(content["schema"], schemas))


def example(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
    """An example of a schema; `name` is that of the field."""
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rpartition("/")[2]], schemas, name, depth)
    if "example" in schema:
        return schema["example"]
    if "enum" in schema:
        return next(value for value in schema["enum"] if value is not None)
    for either in ("anyOf", "oneOf", "allOf"):
        if either in schema:
            return example(schema[either][0], schemas, name, depth)
    kind = schema.get("type", "object")
    if isinstance(kind, list):
        kind = next(one for one in kind if one != "null")
    match kind:
        case "object":
            return _object(schema, schemas, name, depth)
        case "array":
            return [example(schema.get("items", {}), schemas, name, depth + 1)] if depth < _DEEPEST else []
        case "boolean":
            return True
        case "integer" | "number":
            return max(schema.get("minimum", 1), 1)
        case _:
            return _text(schema, name)


def _object(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str, depth: int) -> dict[str, Any]:
    fields = schema.get("properties", {})
    if fields:
        return {field: example(inner, schemas, field, depth + 1) for field, inner in fields.items()}
    inner = schema.get("additionalProperties")
    if isinstance(inner, dict) and inner:
        return {TEXTS["element"]: example(inner, schemas, name, depth + 1)}
    return {}


def _text(schema: Mapping[str, Any], name: str) -> str:
    found = _FORMATS.get(schema.get("format", "")) or TEXTS.get(name, "text")
    return found[: schema["maxLength"]] if "maxLength" in schema else found
