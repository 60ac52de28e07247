"""A budget goes in as a whole or not at all, and comes again as a new version with what changed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import helpers
from ckanext.opengov.budget.service.lines import budgets, columns_store, database, publishing, relay
from ckanext.opengov.civic.service import journal, outbox

from tests.budget.ground import HEAD, LINES, budget, emptied, load, refusal, send, sums, table

pytestmark = pytest.mark.usefixtures("clean_portal")

KILLED = """
import os, signal, sys
from ckan.config.middleware import make_app
from ckan.cli import load_config
app = make_app(load_config(sys.argv[1]))
from ckanext.opengov.budget.service.lines import importing
def halt(*arguments, **values):
    print("lines are in", flush=True)
    signal.pause()
importing._finish = halt
with app.test_request_context():
    import ckan.plugins.toolkit as tk
    with open(sys.argv[2], "rb") as upload:
        tk.get_action("budget_import")({"ignore_auth": True}, {"budget": "republican", "upload": upload})
"""


@pytest.fixture
def republican():
    emptied()
    return budget()


def test_a_budget_is_added_up_by_its_codes(republican):
    made = load(table())
    assert (made["state"], made["lines"], made["repeated"]) == ("done", 4, False)
    assert sums(["functional.group"]) == {"04": "1500.5", "05": "700.25"}
    assert sums(["functional.subgroup"], cut={"functional": "04"}) == {"04/1": "1200.5", "04/2": "300"}
    assert sums(["administrative.agency"]) == {"225": "1500.5", "226": "700.25"}
    assert sums(["year"]) == {2025: "2200.75"}
    assert sums(["phase"], direction="revenue") == {}
    # The names of the national list stand where the file has none.
    found = helpers.call_action("budget_aggregate", budget=["republican"], by=["functional.group"])
    assert found["cells"][0]["functional.group"]["name"] == "Білім беру"
    assert found["currency"] == "KZT"


def test_lines_come_with_their_codes_page_by_page(republican):
    load(table())
    order = {"budget": "republican", "year": 2025, "phase": "approved", "limit": 2}
    first = helpers.call_action("budget_line_list", **order, cut={"functional": "04"})
    assert (first["count"], len(first["lines"])) == (3, 2)
    second = helpers.call_action("budget_line_list", **order, cut={"functional": "04"}, cursor=first["next"])
    assert [one["amount"] for one in first["lines"] + second["lines"]] == ["1000.5", "200", "300"]
    assert second["next"] is None
    assert first["lines"][0]["codes"]["functional"][-1]["path"] == "04/1/225/001"
    largest = helpers.call_action("budget_line_list", **order, order="amount")
    assert [one["row"] for one in largest["lines"]] == [2, 5]


def test_the_same_file_again_changes_nothing_and_another_is_a_new_version(republican):
    first = load(table())
    again = load(table())
    assert (again["repeated"], again["id"]) == (True, first["id"])
    changed = table(LINES[0].replace("1000.50", "1100.50"), *LINES[2:], "06,1,213,001,2025,approved,expenditure,5")
    second = load(changed)
    (period,) = second["periods"]
    assert {name: period[name] for name in ("added", "removed", "changed")} == {"added": 1, "removed": 1, "changed": 1}
    assert period["changes"][0]["change"] == "-200"
    assert sums(["functional.group"])["04"] == "1400.5"
    assert len(helpers.call_action("budget_import_list", budget="republican")) == 2


def test_a_refused_file_leaves_everything_as_it_was_and_says_rule_row_and_difference(republican):
    load(table())
    problem = refusal(
        table(*LINES, "04,1,225,001,2025,approved,expenditure,12z", "44,1,225,001,2025,approved,expenditure,1")
    )
    findings = {one["rule"]: one for one in problem["findings"]}
    assert findings["amount"]["row"] == 6
    assert sums(["functional.group"]) == {"04": "1500.5", "05": "700.25"}
    wrong = table(*LINES, "Итого,,,,2025,approved,expenditure,2200.76")
    (found,) = refusal(wrong)["findings"]
    told = {name: found[name] for name in ("rule", "row", "expected", "found", "difference")}
    assert told == {"rule": "total", "row": 6, "expected": "2200.75", "found": "2200.76", "difference": "0.01"}
    let_pass = load(wrong, accept={"total": "The ministry rounded the total"})
    assert let_pass["accepted"] == {"total": "The ministry rounded the total"}
    assert "accept" in refusal(wrong, accept={"amount": "never"})


def test_years_follow_each_other_and_execution_follows_the_plan(republican):
    load(table(*LINES, *(one.replace("approved", "adjusted") for one in LINES)))
    gap = refusal(table(*(one.replace("2025", "2027") for one in LINES)))["findings"]
    assert [(one["rule"], one["expected"]) for one in gap] == [("years_continuous", "2026")]
    executed = [one.replace("approved", "executed").replace("700.25", "700.26") for one in LINES]
    (found,) = refusal(table(*executed))["findings"]
    assert (found["rule"], found["row"], found["difference"]) == ("executed_adjusted", 5, "0.01")
    load(table(*[one.replace("approved", "executed") for one in LINES]))


def test_a_consolidated_budget_counts_transfers_once(republican):
    transfer = "15,1,217,400,2025,approved,expenditure,100"
    load(table(*LINES, transfer))
    local = budget("local-almaty", level="local", region="750000000")
    load(table("04,1,261,001,2025,approved,expenditure,100"), "local-almaty")
    budget("state", level="state", parts=["republican", local["name"]])
    doubled = table(*LINES, transfer, "04,1,261,001,2025,approved,expenditure,100")
    rules = [(one["rule"], one["difference"]) for one in refusal(doubled, budget="state")["findings"]]
    assert rules == [("consolidation", "100"), ("consolidation", "100")]
    load(table(*LINES, "04,1,261,001,2025,approved,expenditure,100"), "state")


def test_what_can_be_meant_in_two_ways_is_asked(republican):
    lost = table(*(line.removeprefix("0") for line in LINES))
    checked = send("budget_check", lost)
    (question,) = checked["questions"]
    assert (question["part"], question["proposed"]) == ("widths.functional.group", 2)
    assert "mapping" in refusal(lost)
    load(lost, mapping={**checked["mapping"], "widths": {"functional.group": 2}})
    assert set(sums(["functional.group"])) == {"04", "05"}


def test_a_kill_in_the_middle_leaves_the_old_version_whole(republican, tmp_path):
    load(table())
    model.Session.commit()
    other = tmp_path / "other.csv"
    other.write_text(table(*(line.replace("00", "77") for line in LINES)))
    ini = str(tk.config["__file__"])
    child = subprocess.Popen([sys.executable, "-c", KILLED, ini, str(other)], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "lines are in"
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    until = time.monotonic() + 20
    while relay.importing.bury_killed() == 0 and time.monotonic() < until:
        time.sleep(0.2)
    newest = helpers.call_action("budget_import_list", budget="republican")[0]
    assert newest["state"] == "interrupted"
    assert sums(["functional.group"]) == {"04": "1500.5", "05": "700.25"}
    abandoned = next(columns_store.folder().glob("import-*"))
    os.utime(abandoned, (0, 0))
    relay.tidy()
    assert not abandoned.exists()
    left = database.rows("SELECT count(*) AS tables FROM pg_tables WHERE tablename ~ '^budget_line_[0-9]+$'")
    assert left[0]["tables"] == 1


def test_columns_that_are_lost_are_made_again_from_the_database(republican):
    load(table())
    (period,) = budgets.periods([republican["id"]])
    before = columns_store.version(period.number, period.import_id).lines().collect()
    for path in (columns_store.folder() / period.import_id).iterdir():
        path.unlink()
    columns_store._version.cache_clear()
    after = columns_store.version(period.number, period.import_id).lines().collect()
    assert after.equals(before.select(after.columns))


def test_a_budget_is_a_data_set_with_a_descriptor_that_comes_in_again(app, republican):
    load(table())
    outbox.drain()
    package = helpers.call_action("package_show", id="budget-republican")
    assert [one["format"] for one in package["resources"]] == ["CSV", "JSON"]
    events = [one["event"] for one in journal.entries("dataset", package["id"], internal=False, after=None, limit=9)]
    assert relay.IMPORTED in events
    csv = app.get("/budget/republican/lines.csv")
    assert csv.headers["Content-Type"].startswith("text/csv")
    descriptor = publishing.descriptor(budgets.get("republican"))
    assert app.get("/budget/republican/datapackage.json").json["resources"][0]["format"] == "csv"
    budget("copy")
    load(csv.body, "copy", descriptor=descriptor)
    assert sums(["functional.group"], budget=["copy"]) == {"04": "1500.5", "05": "700.25"}
    assert HEAD.split(",")[0] in csv.body


def test_whether_a_place_is_clear_is_counted_and_nothing_else(app, republican):
    load(table())
    page = app.get("/en/budget/republican?path=04")
    assert "Is this clear to you?" in page.body
    form = {"place": "functional:04", "clear": "false", "back": "/en/budget/republican?path=04"}
    app.post("/en/budget/republican/clarity", data=form)
    found = helpers.call_action("budget_clarity_add", budget="republican", place="functional:04", clear=True)
    assert found == {"clear": 1, "unclear": 1}
    with pytest.raises(tk.ValidationError):
        helpers.call_action("budget_clarity_add", budget="republican", place="colour:04", clear=True)


def test_pages_of_a_budget_answer_in_all_languages_and_refuse_what_is_not_there(app, republican):
    load(table(*LINES, *(one.replace("approved", "executed") for one in LINES)))
    for language in ("", "/ru", "/en"):
        for path in (
            "",
            "/lines?path=04",
            "/flow",
            "/versions",
            "?measure=real&base=2024",
            "?measure=per_head&axis=economic",
        ):
            assert app.get(f"{language}/budget/republican{path}").status_code == 200
        for path in ("", "/compare", "/compare?by=region", "/tax?salary=350000", "/tax?salary=much"):
            assert app.get(f"{language}/budget{path}").status_code == 200
    page = app.get("/en/budget/republican?path=04")
    tagged = {"If-None-Match": page.headers["ETag"]}
    assert app.get("/en/budget/republican?path=04", headers=tagged).status_code == 304
    for path in ("/budget/nowhere", "/budget/republican?path=99", "/budget/republican/pie.svg"):
        assert app.get(path, status=404).status_code == 404
    assert app.get("/budget/desk/republican", follow_redirects=False).status_code in {302, 401, 403}


def test_names_of_a_file_are_texts_wherever_they_are_shown(app, republican):
    head = "functional.group,functional.group.name.ru,year,phase,direction,amount"
    load(table("04,<script>alert(1)</script> & co,2025,approved,expenditure,10", head=head))
    for path in ("", "/lines", "/flow", "/treemap.svg", "/flow.svg"):
        page = app.get(f"/ru/budget/republican{path}").body
        assert "<script>alert" not in page, path
        assert "&lt;script&gt;" in page, path
    assert app.get("/ru/budget/republican/treemap.png").headers["Content-Type"] == "image/png"


def test_only_publishers_of_the_agency_import(republican):
    with pytest.raises(tk.NotAuthorized):
        helpers.call_auth("budget_import", {"user": "", "model": model}, budget="republican")
