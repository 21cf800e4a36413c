"""Every item is kept with scenarios that pass, and together they pass all that is drawn."""

from app.studio import scenarios

AT_LEAST = {"granted", "denied", "refused", "supplemented", "decided-late"}


def test_scenarios_pass_and_leave_nothing_out(item_files: dict[str, bytes]) -> None:
    tested = scenarios.tested(item_files)
    assert [one for one in tested["findings"] if one["severity"] == "error"] == []
    assert {one["code"] for one in tested["scenarios"]} >= AT_LEAST
    assert all(one["passed"] for one in tested["scenarios"])
    assert tested["coverage"]["missed"] == []
