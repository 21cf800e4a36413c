"""The office administered from the command line."""

import json

from app.org.queries import holders_of
from tests.demo import office_of, ran, run

AS = ("--as", "admin")


def test_a_table_is_tried_then_taken_over(demo, tmp_path) -> None:
    table = tmp_path / "t.csv"
    table.write_bytes("用户名,姓名,岗位代码\ncli.zhou,周𬭎,land-reviewer\n".encode("gb18030"))
    tried = json.loads(ran(demo, "org", "import", "people", str(table), "--dry-run", *AS, "--json"))
    assert [row["verb"] for row in tried["rows"]] == ["add"]
    assert "cli.zhou" not in ran(demo, "org", "list", "people", *AS)
    ran(demo, "org", "import", "people", str(table), *AS)
    people = json.loads(ran(demo, "org", "list", "people", *AS, "--json"))
    assert [row["posts"] for row in people if row["username"] == "cli.zhou"] == [["land-reviewer"]]


def test_faults_end_a_command_with_1(demo, tmp_path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("code,name_zh,name_en\nbad code,x,y\n")
    refused = run(demo, "org", "import", "departments", str(table), *AS)
    assert refused.exit_code == 1
    assert "A code has" in refused.output


def test_a_template_is_written_and_reads_back(demo, tmp_path) -> None:
    for name in ("t.csv", "t.xlsx"):
        ran(demo, "org", "template", "departments", str(tmp_path / name))
        ran(demo, "org", "import", "departments", str(tmp_path / name), "--dry-run", *AS)


def test_somebody_joins_moves_and_leaves(demo) -> None:
    ran(demo, "org", "join", "cli.wang", "land-reviewer", "--name", "王芳", *AS)
    ran(demo, "org", "give", "cli.wang", "land-head", *AS)
    ran(demo, "org", "move", "cli.wang", "land-reviewer", "planning-reviewer", "--successor", "land", *AS)
    ran(demo, "org", "leave", "cli.wang", "land-head", *AS)
    office = office_of(demo)
    with office.database.transaction("330300") as session:
        held = holders_of(session, "330300", "planning-reviewer", office.now(session))
    ran(demo, "org", "leave", "cli.wang", *AS)
    with office.database.transaction("330300") as session:
        left = set(held) - set(holders_of(session, "330300", "planning-reviewer", office.now(session)))
    assert len(left) == 1


def test_what_may_not_be_done_is_said_plainly(demo) -> None:
    refused = run(demo, "org", "leave", "land", *("--as", "clerk"))
    assert refused.exit_code == 1
    assert "org.manage" in refused.output
    assert run(demo, "org", "leave", "nobody", *AS).exit_code == 1
    for kind in ("regions", "departments", "posts"):
        assert json.loads(ran(demo, "org", "list", kind, *AS, "--json"))
