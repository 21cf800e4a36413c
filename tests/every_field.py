"""An item whose application has every component of form-js, each as a designer would use it, for tests."""

import json
from collections.abc import Mapping
from typing import Any

from tests import well_permit

CODE = "every-field"
PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAA"
    "AElFTkSuQmCC"
)
TOWNS = [f"{name}镇" for name in "东西南北中上下前后左右内外大小"]


def _field(kind: str, key: str, label: str, english: str, **more: Any) -> dict[str, Any]:
    properties = {"label_en": english, **more.pop("properties", {})}
    return {"type": kind, "key": key, "label": label, "properties": properties, **more}


def _values(*names: str) -> list[dict[str, str]]:
    return [
        {"value": f"v{number}", "label": name, "label_en": f"{name} (v{number})"} for number, name in enumerate(names)
    ]


_NEEDED = {"required": True}

COMPONENTS: list[dict[str, Any]] = [
    {
        "type": "text",
        "id": "intro",
        "text": "# 填写说明\n\n请**如实**填写，详见[办法](https://example.org/a)。\n\n- 一式一份",
        "properties": {
            "text_en": "# How to fill it in\n\nFill it in **truly**, by [the rules](https://example.org/a).\n\n- once"
        },
    },
    {
        "type": "html",
        "id": "law",
        "content": "<p>依据<em>水法</em>第四十八条。</p>",
        "properties": {"text_en": "<p>Under the <em>Water Law</em>, Art. 48.</p>"},
    },
    {
        "type": "image",
        "id": "plan",
        "source": PICTURE,
        "alt": "井位示意图",
        "properties": {"alt_en": "Where the well lies"},
    },
    {"type": "separator", "id": "line"},
    {
        "type": "group",
        "id": "basics",
        "label": "基本情况",
        "properties": {"label_en": "Basics"},
        "components": [
            _field("textfield", "well_name", "井名", "Well", validate={**_NEEDED, "minLength": 2}),
            _field("textfield", "owner", "申请人", "Owner", validate=_NEEDED),
            _field(
                "textfield",
                "phone",
                "联系电话",
                "Telephone",
                description="手机或座机",
                validate={"validationType": "phone"},
                properties={"description_en": "Mobile or landline", "personal": "phone"},
                layout={"row": "a", "columns": 8},
            ),
            _field(
                "textfield",
                "mail",
                "电子邮箱",
                "E-mail",
                validate={"validationType": "email"},
                layout={"row": "a", "columns": 8},
            ),
            _field("textarea", "reason", "理由", "Reason", validate={"maxLength": 200}),
            _field(
                "number",
                "depth",
                "井深",
                "Depth",
                decimalDigits=1,
                increment=0.5,
                validate={**_NEEDED, "min": 1, "max": 500},
                appearance={"suffixAdorner": "米"},
                properties={"suffix_en": "m"},
            ),
            _field(
                "number", "cost", "造价", "Cost", appearance={"prefixAdorner": "¥"}, properties={"prefix_en": "CNY"}
            ),
            _field("datetime", "begins", "开工日期", "Begins on", subtype="date"),
            _field("datetime", "hour", "开工时间", "Begins at", subtype="time", timeInterval=15),
            _field("datetime", "meets", "踏勘时间", "Visit", subtype="datetime"),
            _field("textfield", "office", "受理机关", "Office", readonly=True, defaultValue="水利局"),
        ],
    },
    {"type": "spacer", "id": "gap", "height": 30},
    _field(
        "radio",
        "pump",
        "水泵",
        "Pump",
        values=[
            {"value": "electric", "label": "电泵", "label_en": "Electric"},
            {"value": "steam", "label": "蒸汽泵", "label_en": "Steam"},
        ],
        validate=_NEEDED,
    ),
    _field("textfield", "fuel", "燃料", "Fuel", validate=_NEEDED, conditional={"hide": '=pump != "steam"'}),
    _field("select", "town", "所在乡镇", "Town", values=_values(*TOWNS), searchable=True, validate=_NEEDED),
    _field("checklist", "uses", "用途", "Uses", values=_values("灌溉", "饮用", "工业"), validate=_NEEDED),
    _field("taglist", "tags", "标签", "Tags", values=_values("节水", "应急", "扶贫")),
    {
        "type": "dynamiclist",
        "path": "takes",
        "label": "取水计划",
        "properties": {"label_en": "Takings", "min_rows": "1", "max_rows": "4"},
        "components": [
            _field("textfield", "month", "月份", "Month", validate=_NEEDED, layout={"row": "t", "columns": 8}),
            _field("number", "amount", "水量", "Amount", validate={"min": 0}, layout={"row": "t", "columns": 8}),
        ],
    },
    {
        "type": "table",
        "id": "plan_table",
        "label": "计划一览",
        "dataSource": "=takes",
        "properties": {"label_en": "Takings at a glance"},
        "columns": [
            {"key": "month", "label": "月份", "label_en": "Month"},
            {"key": "amount", "label": "水量", "label_en": "Amount"},
        ],
    },
    {
        "type": "expression",
        "key": "yearly",
        "label": "合计水量",
        "expression": "=sum(takes.amount)",
        "properties": {"label_en": "In all"},
    },
    {"type": "expression", "key": "is_large", "expression": "=yearly > 1000"},
    _field(
        "textarea",
        "large_reason",
        "大量取水的理由",
        "Why so much",
        validate=_NEEDED,
        conditional={"hide": "=is_large = false or is_large = null"},
    ),
    {
        "type": "group",
        "path": "contact",
        "label": "联系人",
        "properties": {"label_en": "Contact"},
        "components": [_field("textfield", "name", "姓名", "Name", validate=_NEEDED)],
    },
    _field("filepicker", "sketch", "井位图", "Map of the well"),
    {
        "type": "documentPreview",
        "id": "seen",
        "label": "已交的井位图",
        "dataSource": "=sketch",
        "properties": {"label_en": "The map as handed in"},
    },
    _field("checkbox", "sure", "以上内容属实", "All this is true", validate=_NEEDED),
    {"type": "button", "id": "send", "label": "提交", "action": "submit"},
]

RIGHT: Mapping[str, Any] = {
    "well_name": "一号井",
    "owner": "张三",
    "phone": "0571-88880000",
    "mail": "a@example.org",
    "depth": "35.5",
    "cost": "12000",
    "begins": "2027-03-01",
    "hour": "08:30",
    "meets": "2027-02-01T09:00",
    "pump": "electric",
    "town": "v3",
    "uses": ["v0", "v1"],
    "tags": "v2",
    "takes.0.month": "三月",
    "takes.0.amount": "300",
    "takes.1.month": "四月",
    "takes.1.amount": "250",
    "contact.name": "李四",
    "sure": "true",
}
"""As a browser sends it."""


def every_type(components: list[dict[str, Any]]) -> set[str]:
    """The types of the components, those that groups and lists hold among them."""
    return {one["type"] for one in components}.union(*(every_type(one.get("components", [])) for one in components))


def files() -> dict[str, bytes]:
    """The item's files: those of the well permit, with this application."""
    apply = json.dumps({"type": "default", "id": "apply", "components": COMPONENTS}, ensure_ascii=False)
    renamed = {
        path.replace(well_permit.CODE, CODE): content.decode()
        .replace(f"code: {well_permit.CODE}", f"code: {CODE}")
        .encode()
        for path, content in well_permit.files().items()
    }
    return {**renamed, f"forms/{CODE}/apply.json": apply.encode()}
