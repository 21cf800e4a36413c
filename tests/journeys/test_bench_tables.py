"""Decision tables and forms are edited on the bench; a lost connection and a lost session lose nothing."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor
from tests.journeys.test_editor import OPEN, Seat, begun, saved
from tests.office import LAND

pytestmark = pytest.mark.browser

DROP = """([name, text]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([text], name));
  const frame = document.querySelector("[data-bench]");
  for (const kind of ["dragover", "drop"]) {
    frame.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
  }
}"""
FEES = """<?xml version="1.0" encoding="UTF-8"?>
<!-- kept as it is -->
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="fees" name="Fees" namespace="urn:x">
  <decision id="fee" name="Fee">
    <decisionTable hitPolicy="UNIQUE">
      <input label="Area"><inputExpression typeRef="number"><text>total_area</text></inputExpression></input>
      <output name="fee_level" typeRef="number"/>
      <rule><inputEntry><text>&lt; 10</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>
      <rule><inputEntry><text>&gt;= 10</text></inputEntry><outputEntry><text>2</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
"""


def thrown_away(page: Page) -> None:
    page.locator(".bench-end details summary").click()
    with page.expect_navigation():
        page.locator(".bench-end .btn-danger").click()


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_a_table_is_dropped_written_without_a_mouse_and_saved(visitor: Seat, lang: str) -> None:
    designer, page = begun(visitor, lang)
    page.evaluate(DROP, ["Fee table.dmn", FEES])
    first, second = page.locator("#bench-cell-input-0-0"), page.locator("#bench-cell-input-0-1")
    expect(first).to_have_value("< 10")

    first.focus()
    page.keyboard.press("ArrowDown")
    expect(second).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("> 5")
    expect(page.locator("tr.is-found")).to_have_count(2, timeout=20_000)
    page.keyboard.press("Control+A")
    page.keyboard.type("> > 5")
    expect(second).to_have_attribute("aria-invalid", "true", timeout=20_000)
    page.keyboard.press("Control+A")
    page.keyboard.type("[10..50]")
    page.keyboard.press("Enter")
    third = page.locator("#bench-cell-input-0-2")
    expect(third).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("> 50")
    page.keyboard.press("Alt+ArrowUp")
    expect(second).to_have_value("> 50")
    expect(second).to_be_focused()
    designer.check()

    page.select_option("#bench-hit-policy", "FIRST")
    saved(page)
    page.locator("[data-do='text']").click()
    written = page.input_value("#bench-source")
    assert written.index("&gt; 50") < written.index("[10..50]")
    assert "<!-- kept as it is -->" in written
    assert 'hitPolicy="FIRST"' in written
    page.locator("[data-do='remove']").click()
    page.locator("[data-news] button").click()
    expect(page.locator("[data-do='save']")).to_be_disabled()
    thrown_away(page)


def test_a_new_decision_is_asked_by_a_step(visitor: Seat) -> None:
    _designer, page = begun(visitor, "en")
    page.select_option("#bench-element", "issue")
    page.locator(".djs-context-pad [data-action='replace']").click()
    page.locator(".djs-popup [data-id='replace-with-rule-task']").click()
    page.locator("#bench-decision-new").click()
    expect(page.locator("#bench-cell-input-0-0")).to_be_visible()
    page.locator("#bench-column-input-0").click()
    expect(page.locator("#bench-column-name")).to_be_focused()
    page.fill("#bench-column-name", "total_area")
    page.locator("#bench-column-name").press("Tab")
    expect(page.locator("#bench-column-input-0")).to_contain_text("total_area")
    page.select_option("#bench-file", f"processes/{LAND}/diagram.bpmn")
    page.select_option("#bench-element", "issue")
    expect(page.locator("#bench-decision")).to_have_value("decision_1")
    page.locator("[data-do='undo']").click()
    expect(page.locator("#bench-decision")).to_have_value("")
    thrown_away(page)


def test_a_form_is_put_together_and_seen_as_it_will_be(visitor: Seat) -> None:
    designer, page = begun(visitor, "en")
    page.select_option("#bench-file", f"forms/{LAND}/accept.json")
    count = page.locator(".form-line-name").count()
    page.select_option("#bench-form-kind", "radio")
    page.locator("#bench-form-add").click()
    expect(page.locator("#bench-field-zh")).to_be_focused()
    for name, value in (("zh", "场地"), ("en", "Ground"), ("key", "ground")):
        page.fill(f"#bench-field-{name}", value)
        page.locator(f"#bench-field-{name}").press("Tab")
    seen = page.locator(".form-seen")
    expect(seen.get_by_role("group", name="Ground")).to_be_visible(timeout=20_000)

    page.select_option("#bench-form-kind", "textfield")
    page.locator("#bench-form-add").click()
    for name, value in (("zh", "原因"), ("en", "Reason"), ("key", "ground_reason"), ("hide", 'groundd = "a"')):
        page.fill(f"#bench-field-{name}", value)
        page.locator(f"#bench-field-{name}").press("Tab")
    expect(page.locator("[data-field-found]")).to_contain_text("groundd", timeout=20_000)
    designer.check()
    page.fill("#bench-field-hide", '=ground = "a"')
    page.locator("#bench-field-hide").press("Tab")
    expect(page.locator("[data-field-found]")).to_be_empty(timeout=20_000)
    seen.locator("input[name='ground'][value='a']").check()
    expect(seen.locator("[data-field='f-ground_reason']")).to_be_hidden(timeout=20_000)

    page.locator(f"#bench-line-{count + 1}").press("Alt+ArrowUp")
    expect(page.locator(f"#bench-line-{count}")).to_contain_text("ground_reason")
    page.locator("[data-do='undo']").click()
    thrown_away(page)


def test_an_answer_and_what_was_done_before_it_can_be_undone(visitor: Seat) -> None:
    _designer, page = begun(visitor, "en")
    page.select_option("#bench-element", "flow_refused")
    was = page.input_value("#bench-condition")
    page.fill("#bench-condition", "")
    page.locator("#bench-condition").press("Tab")
    page.locator(".bench-answer button").click(timeout=20_000)
    expect(page.locator("#bench-condition")).to_have_value(was, timeout=20_000)
    for expected in ("", was):
        page.locator("[data-do='undo']").click()
        page.select_option("#bench-element", "flow_refused")
        expect(page.locator("#bench-condition")).to_have_value(expected)
    thrown_away(page)


def test_neither_a_lost_connection_nor_a_lost_session_loses_anything(visitor: Seat) -> None:
    designer, page = begun(visitor, "en")
    page.select_option("#bench-element", "accept")
    page.fill("#bench-yellow", "P2D")
    page.locator("#bench-yellow").press("Tab")
    page.context.set_offline(True)
    page.locator("[data-do='save']").click()
    expect(page.locator("[data-news]")).to_contain_text("kept in this browser")
    page.context.set_offline(False)  # it is saved by itself then
    expect(page.locator("[data-do='save']")).to_be_disabled(timeout=20_000)

    page.fill("#bench-yellow", "P3D")
    page.locator("#bench-yellow").press("Tab")
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "lang", "value": "en", "url": designer.address}])
    page.locator("[data-do='save']").click()
    expect(page.locator("[data-news] a")).to_be_visible(timeout=20_000)
    who = json.loads(page.locator("[data-bench]").get_attribute("data-told") or "")["who"]
    Visitor(page.context.new_page(), designer.address, "en").log_in(who)
    page.locator("#bench-again").click()
    expect(page.locator("[data-do='save']")).to_be_disabled(timeout=20_000)
    page.reload()
    expect(page.locator(OPEN)).to_be_attached(timeout=20_000)
    page.select_option("#bench-element", "accept")
    expect(page.locator("#bench-yellow")).to_have_value("P3D")
    thrown_away(page)
