"""A small item whose files fit together, for tests that break one thing at a time."""

MANIFEST = "processes/bench-permit/item.yaml"
DIAGRAM = "processes/bench-permit/bench.bpmn"
APPLY = "forms/bench-permit/apply.json"
ACCEPT = "forms/bench-permit/accept.json"
REVIEW = "forms/bench-permit/review.json"

_MANIFEST = """
code: bench-permit
number: "000117011001"
main: {code: "000117011000", name: {zh: 公园设施许可, en: Permits in parks}}
name: {zh: 长椅设置许可, en: Permit for a bench}
summary: {zh: 在公园设置长椅。, en: Put up a bench in a park.}
kind: promised
level: [{zh: 县级, en: County}]
departments: [{zh: 园林局, en: Parks}]
basis:
  - {law: {zh: 行政许可法, en: Administrative Licensing Law}, article: 第四十二条, text: {zh: 二十日, en: 20 days}}
calendar: cn
limits:
  statutory: {days: 20, source: 行政许可法第四十二条}
  promised: {days: 10, illustrative: true, yellow: -P2D}
materials:
  - {code: sketch, name: {zh: 草图, en: Sketch}, required: true, key: true, grade: C, formats: [pdf], max_size_mb: 5,
     copies: 1}
fees: {charged: false, source: 行政许可法第五十八条}
guide: [{title: {zh: 怎么办, en: How}, text: {zh: 在窗口申请。, en: Apply at the window.}}]
lanes: {窗口: window-clerk, 园林局: parks-reviewer}
legs:
  parks: {name: {zh: 园林, en: Parks}, limit: {days: 8, illustrative: true}}
applicant_form: apply
title_field: bench_name
applicant_field: owner
steps:
  accept:
    name: {zh: 受理, en: Accept}
    outcomes:
      accept: {zh: 受理, en: Accept, style: primary}
      refuse: {zh: 不予受理, en: Refuse, style: danger, requires_opinion: true, requires_form: false}
    limit: {days: 5, source: 行政许可法第三十二条, yellow: -P1D}
  review:
    name: {zh: 审查, en: Review}
    materials: [sketch]
    opinion: required
    outcomes:
      grant: {zh: 同意, en: Grant}
      deny: {zh: 不同意, en: Deny}
milestones:
  accepted: {zh: 已受理, en: Accepted}
results:
  granted: {zh: 准予, en: Granted}
  refused: {zh: 不予受理, en: Refused}
documents:
  grant: {zh: 许可证, en: Permit, valid: P1Y}
"""

_DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:gl="urn:greenlight:bpmn:1" id="d"
    targetNamespace="bench">
  <process id="bench" isExecutable="true">
    <laneSet id="lanes">
      <lane id="window" name="窗口"><flowNodeRef>accept</flowNodeRef></lane>
      <lane id="parks" name="园林局"><flowNodeRef>leg</flowNodeRef></lane>
    </laneSet>
    <startEvent id="start"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="accept"/>
    <userTask id="accept" name="受理">
      <extensionElements><gl:property name="kind" value="accept"/><gl:property name="outcomes" value="accept refuse"/>
        <gl:property name="form" value="accept"/></extensionElements>
    </userTask>
    <sequenceFlow id="f2" sourceRef="accept" targetRef="ways"/>
    <exclusiveGateway id="ways" default="f4"/>
    <sequenceFlow id="f3" sourceRef="ways" targetRef="refused">
      <conditionExpression>accept.outcome == "refuse"</conditionExpression>
    </sequenceFlow>
    <endEvent id="refused">
      <extensionElements><gl:property name="result" value="refused"/></extensionElements>
    </endEvent>
    <sequenceFlow id="f4" sourceRef="ways" targetRef="accepted"/>
    <intermediateThrowEvent id="accepted">
      <extensionElements><gl:property name="milestone" value="accepted"/></extensionElements>
    </intermediateThrowEvent>
    <sequenceFlow id="f5" sourceRef="accepted" targetRef="leg"/>
    <subProcess id="leg">
      <extensionElements><gl:property name="leg" value="parks"/><gl:property name="lead" value="true"/>
        <gl:property name="hands-out" value="review review_width"/></extensionElements>
      <startEvent id="leg_start"/>
      <sequenceFlow id="l1" sourceRef="leg_start" targetRef="review"/>
      <userTask id="review" name="审查">
        <extensionElements><gl:property name="kind" value="review"/><gl:property name="form" value="review"/>
          <gl:property name="outcomes" value="grant deny"/></extensionElements>
      </userTask>
      <boundaryEvent id="yellow" attachedToRef="review" cancelActivity="false">
        <extensionElements><gl:property name="light" value="yellow"/></extensionElements>
        <timerEventDefinition id="yellow_t"><timeDuration>P3D</timeDuration></timerEventDefinition>
      </boundaryEvent>
      <sequenceFlow id="l2" sourceRef="yellow" targetRef="yellow_end"/><endEvent id="yellow_end"/>
      <boundaryEvent id="red" attachedToRef="review" cancelActivity="false">
        <extensionElements><gl:property name="light" value="red"/></extensionElements>
        <timerEventDefinition id="red_t"><timeDuration>P5D</timeDuration></timerEventDefinition>
      </boundaryEvent>
      <sequenceFlow id="l3" sourceRef="red" targetRef="red_end"/><endEvent id="red_end"/>
      <sequenceFlow id="l4" sourceRef="review" targetRef="leg_end"/>
      <endEvent id="leg_end"/>
    </subProcess>
    <sequenceFlow id="f6" sourceRef="leg" targetRef="granted"/>
    <endEvent id="granted">
      <extensionElements><gl:property name="result" value="granted"/></extensionElements>
    </endEvent>
  </process>
</definitions>
"""

_APPLY = """{"type": "default", "id": "apply", "components": [
  {"type": "textfield", "key": "bench_name", "label": "名称", "validate": {"required": true},
   "properties": {"label_en": "Name"}},
  {"type": "textfield", "key": "owner", "label": "申请人", "validate": {"required": true},
   "properties": {"label_en": "Owner"}},
  {"type": "filepicker", "key": "sketch", "label": "草图", "properties": {"label_en": "Sketch"}},
  {"type": "documentPreview", "id": "seen", "label": "看图", "dataSource": "=sketch", "properties": {"label_en": "See"}}
]}"""

_REVIEW = """{"type": "default", "id": "review", "components": [
  {"type": "number", "key": "review_width", "label": "宽度", "properties": {"label_en": "Width"}}
]}"""

_ACCEPT = """{"type": "default", "id": "accept", "components": [
  {"type": "textarea", "key": "accept_note", "label": "说明", "properties": {"label_en": "Note"}}
]}"""


def files() -> dict[str, str]:
    """The files as texts, by path."""
    return {MANIFEST: _MANIFEST, DIAGRAM: _DIAGRAM, APPLY: _APPLY, ACCEPT: _ACCEPT, REVIEW: _REVIEW}


def encoded(texts: dict[str, str]) -> dict[str, bytes]:
    """The files as they are read from a disk."""
    return {path: text.encode() for path, text in texts.items()}


def changed(path: str, old: str, new: str) -> dict[str, bytes]:
    """The files with one passage of one file replaced; the passage must be there."""
    texts = files()
    assert old in texts[path], old
    return encoded({**texts, path: texts[path].replace(old, new)})
