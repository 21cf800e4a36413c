"""A permit to sink a well: an item in which every moment comes that a case can have, for tests.

Received anywhere; an elimination list; acceptance deemed after five days; a supplement that lapses after ten; testing
as excluded time; a decision; delivery by courier; a check afterwards that may revoke what was granted.
"""

CODE = "well-permit"
DEEMED, LAPSES, ANNOUNCED = "P5D", "P10D", "P8D"

_MANIFEST = """
code: well-permit
name: {zh: 取水井许可, en: Permit to sink a well}
summary: {zh: 凿井取水。, en: Sink a well.}
kind: promised
level: [{zh: 县级, en: County}]
departments: [{zh: 水利局, en: Water}]
basis:
  - law: {zh: 中华人民共和国行政许可法, en: Administrative Licensing Law}
    article: 第六十九条
    text: {zh: 以欺骗等不正当手段取得行政许可的，应当予以撤销。, en: What was obtained by deceit is revoked.}
calendar: cn
limits:
  statutory: {days: 20, source: 行政许可法第四十二条}
  promised: {days: 10, illustrative: true, yellow: -P2D}
materials:
  - {code: sketch, name: {zh: 井位图, en: Map of the well}, required: true, key: true, grade: C, formats: [pdf],
     max_size_mb: 5, copies: 1}
  - {code: deed, name: {zh: 土地证明, en: Deed}, required: false, key: false, grade: C, formats: [pdf], max_size_mb: 5,
     copies: 1}
fees: {charged: false, source: 行政许可法第五十八条}
lanes: {申请人: applicant, 窗口: window-clerk, 水利局: land-reviewer, 决定人: reform-decider}
applicant_form: apply
title_field: well_name
applicant_field: owner
reception: anywhere
elimination:
  field: pump
  source: 产业结构调整指导目录
  entries:
    - value: steam
      name: {zh: 蒸汽泵, en: Steam pump}
      reason: {zh: 蒸汽泵已列入淘汰目录。, en: Steam pumps are on the elimination list.}
steps:
  accept:
    name: {zh: 受理, en: Accept}
    outcomes:
      accept: {zh: 受理, en: Accept, style: primary}
      supplement: {zh: 告知补正, en: Ask for supplement, requires_opinion: true, requires_form: false}
      refuse: {zh: 不予受理, en: Refuse, style: danger, requires_opinion: true, requires_form: false}
    limit: {days: 5, source: 行政许可法第三十二条, yellow: -P1D}
  supplement:
    name: {zh: 补正, en: Supplement}
    outcomes: {submit: {zh: 提交, en: Hand in}}
  review:
    name: {zh: 审查, en: Review}
    outcomes: {approve: {zh: 提请检测, en: Ask for testing, requires_opinion: true}}
    limit: {days: 5, illustrative: true}
  test_water:
    name: {zh: 水质检测, en: Test the water}
    outcomes: {done: {zh: 检测完成, en: Done}}
    limit: {days: 8, illustrative: true}
  decide:
    name: {zh: 决定, en: Decide}
    outcomes:
      grant: {zh: 准予, en: Grant}
      deny: {zh: 不予, en: Deny, style: danger, requires_opinion: true}
    limit: {days: 5, illustrative: true}
  deliver:
    name: {zh: 送达, en: Deliver}
    outcomes: {deliver: {zh: 已送达, en: Delivered}}
    limit: {days: 10, source: 行政许可法第四十四条}
  verify:
    name: {zh: 核查, en: Verify}
    outcomes:
      keep: {zh: 属实, en: True}
      revoke: {zh: 撤销, en: Revoke, style: danger, requires_opinion: true}
    limit: {days: 60, illustrative: true}
milestones:
  accepted: {zh: 已受理, en: Accepted}
  decided: {zh: 已决定, en: Decided}
  concluded: {zh: 已办结, en: Concluded}
  delivered: {zh: 已送达, en: Delivered}
results:
  granted: {zh: 准予, en: Granted}
  denied: {zh: 不予, en: Denied}
  refused: {zh: 不予受理, en: Refused}
  lapsed: {zh: 逾期未补正, en: Lapsed}
documents:
  receipt: {zh: 接收凭证, en: Receipt}
  accept: {zh: 受理通知书, en: Notice of acceptance}
  supplement: {zh: 补正告知书, en: Notice of supplement}
  refuse: {zh: 不予受理决定书, en: Decision to refuse}
  special: {zh: 特别程序告知书, en: Notice of a special procedure}
  extend: {zh: 延期通知书, en: Notice of extension}
  grant: {zh: 准予许可决定书, en: Decision to grant, valid: P1Y}
  deny: {zh: 不予许可决定书, en: Decision to deny}
  delivery: {zh: 送达回证, en: Delivery receipt}
  revoke: {zh: 撤销许可决定书, en: Decision to revoke}
"""


def _task(element: str, name: str, kind: str, outcomes: str, form: str, **more: str) -> str:
    properties = {"kind": kind, "outcomes": outcomes, "form": form, **more}
    return f'<userTask id="{element}" name="{name}">{_properties(properties)}</userTask>'


def _properties(properties: dict[str, str]) -> str:
    drawn = "".join(f'<gl:property name="{name}" value="{value}"/>' for name, value in properties.items())
    return f"<extensionElements>{drawn}</extensionElements>"


def _timer(element: str, host: str, duration: str) -> str:
    return (
        f'<boundaryEvent id="{element}" attachedToRef="{host}" cancelActivity="true">'
        f"{_properties({'calendar': 'working'})}"
        f'<timerEventDefinition id="{element}_time"><timeDuration>{duration}</timeDuration></timerEventDefinition>'
        "</boundaryEvent>"
    )


def _milestone(name: str) -> str:
    return f'<intermediateThrowEvent id="{name}">{_properties({"milestone": name})}</intermediateThrowEvent>'


def _end(result: str) -> str:
    return f'<endEvent id="end_{result}">{_properties({"result": result})}</endEvent>'


def _work(element: str, operation: str) -> str:
    return f'<serviceTask id="{element}">{_properties({"operation": operation})}</serviceTask>'


_FLOWS = """
start listed
listed end_refused on_elimination_list
listed accept_in default
accept_in accept
accept accept_out
accept_out supplement accept.outcome == "supplement"
accept_out end_refused_too accept.outcome == "refuse"
accept_out accepted_in default
deemed accepted_in
accepted_in accepted
supplement accept_in
lapse end_lapsed
accepted review
review test_water
test_water decide
decide decided
decided issue
issue concluded
concluded deliver
deliver delivered
delivered outcome
outcome end_denied decide.outcome == "deny"
outcome verify default
verify verify_out
verify_out revoke verify.outcome == "revoke"
verify_out end_granted_in default
revoke end_granted_in
end_granted_in end_granted
"""


def _flows() -> str:
    drawn = []
    for number, line in enumerate(_FLOWS.split("\n")[1:-1]):
        source, target, *condition = line.split(" ", 2)
        text = "" if condition in ([], ["default"]) else condition[0]
        inside = f"<conditionExpression>{text}</conditionExpression>" if text else ""
        drawn.append(f'<sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>')
    return "".join(drawn)


def _default(gateway: str) -> str:
    lines = _FLOWS.split("\n")[1:-1]
    number = next(n for n, line in enumerate(lines) if line.startswith(f"{gateway} ") and line.endswith(" default"))
    return f'<exclusiveGateway id="{gateway}" default="f{number}"/>'


def _diagram() -> str:
    lanes = {
        "申请人": "supplement",
        "窗口": "start listed accept_in accept accept_out accepted_in accepted deliver delivered end_refused "
        "end_refused_too end_lapsed outcome end_denied",
        "水利局": "review test_water verify verify_out revoke end_granted_in end_granted",
        "决定人": "decide decided issue concluded",
    }
    drawn = "".join(
        f'<lane id="lane{number}" name="{name}">'
        + "".join(f"<flowNodeRef>{element}</flowNodeRef>" for element in elements.split())
        + "</lane>"
        for number, (name, elements) in enumerate(lanes.items())
    )
    nodes = [
        '<startEvent id="start"/>',
        _default("listed"),
        '<exclusiveGateway id="accept_in"/><exclusiveGateway id="accepted_in"/><exclusiveGateway id="end_granted_in"/>',
        _task("accept", "受理", "accept", "accept supplement refuse", "accept"),
        _timer("deemed", "accept", DEEMED),
        _default("accept_out"),
        _task("supplement", "补正", "supplement", "submit", "supplement", excluded="supplement"),
        _timer("lapse", "supplement", LAPSES),
        *map(_milestone, ("accepted", "decided", "concluded", "delivered")),
        _task("review", "审查", "review", "approve", "review"),
        _task("test_water", "水质检测", "inspect", "done", "test", excluded="testing", announced=ANNOUNCED),
        _task("decide", "决定", "decide", "grant deny", "decide"),
        _work("issue", "issue-decision"),
        _task("deliver", "送达", "deliver", "deliver", "deliver"),
        _default("outcome"),
        _task("verify", "核查", "verify", "keep revoke", "verify"),
        _default("verify_out"),
        _work("revoke", "revoke-licence"),
        *map(_end, ("refused", "lapsed", "denied", "granted")),
        f'<endEvent id="end_refused_too">{_properties({"result": "refused"})}</endEvent>',
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:gl="urn:greenlight:bpmn:1" id="d" '
        'targetNamespace="well"><process id="well" isExecutable="true">'
        f'<laneSet id="lanes">{drawn}</laneSet>{"".join(nodes)}{_flows()}</process></definitions>'
    )


def _form(name: str, *components: str) -> str:
    return f'{{"type": "default", "id": "{name}", "components": [{", ".join(components)}]}}'


def _text(key: str, label: str, english: str, *, required: bool = False) -> str:
    rule = ', "validate": {"required": true}' if required else ""
    return (
        f'{{"type": "textfield", "key": "{key}", "label": "{label}", "properties": {{"label_en": "{english}"}}{rule}}}'
    )


def _choice(key: str, label: str, english: str, **values: str) -> str:
    options = ", ".join(
        f'{{"label": "{zh}", "value": "{value}", "label_en": "{value}"}}' for value, zh in values.items()
    )
    return (
        f'{{"type": "select", "key": "{key}", "label": "{label}", "properties": {{"label_en": "{english}"}}, '
        f'"values": [{options}]}}'
    )


def files() -> dict[str, bytes]:
    """The item's files, as they are read from a disk."""
    forms = {
        "apply": _form(
            "apply",
            _text("well_name", "井名", "Well", required=True),
            _text("owner", "申请人", "Owner", required=True),
            _choice("pump", "水泵", "Pump", electric="电泵", steam="蒸汽泵"),
            '{"type": "filepicker", "key": "sketch", "label": "井位图", "properties": {"label_en": "Map"}}',
        ),
        "accept": _form("accept", _text("accept_note", "说明", "Note")),
        "supplement": _form("supplement", _text("supplement_reply", "补正说明", "Reply")),
        "review": _form("review", _text("review_note", "说明", "Note")),
        "test": _form("test", _text("test_note", "检测结论", "Finding")),
        "decide": _form("decide", _text("decide_note", "说明", "Note")),
        "deliver": _form(
            "deliver",
            _choice("delivery_method", "送达方式", "Manner", post="邮寄", window="窗口领取"),
            _text("courier", "承运人", "Courier"),
            _text("tracking_number", "运单号", "Tracking number"),
            _text("delivery_recipient", "签收人", "Recipient"),
        ),
        "verify": _form("verify", _text("verify_note", "核查情况", "Finding")),
    }
    texts = {
        f"processes/{CODE}/item.yaml": _MANIFEST,
        f"processes/{CODE}/well.bpmn": _diagram(),
        **{f"forms/{CODE}/{name}.json": text for name, text in forms.items()},
    }
    return {path: text.encode() for path, text in texts.items()}
