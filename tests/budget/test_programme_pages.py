"""Pages of programmes, reports and audits: for everybody, for officers, for members of a council."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.tests.factories import APIToken
from ckanext.opengov import factories
from ckanext.opengov.civic.roles import Role

from tests.budget.programme_ground import Y1, Y2, act, ground, officer

pytestmark = pytest.mark.usefixtures("clean_portal")


def page(app: Any, address: str, user: str | None = None, status: int = 200, **form: Any) -> str:
    """A page as a person gets it; with a form what its sending answers."""
    headers = {"Authorization": APIToken(user=user)["token"]} if user else {}
    more = {"data": form} if form else {}
    return (app.post if form else app.get)(address, headers=headers, status=status, **more).text


def test_everybody_reads_and_each_at_their_desk_goes_on(app: Any) -> None:
    here = ground()
    place = f"/en/budget_programme/{here.id}"
    for address in (place, f"{place}/compare", f"{place}/discussion/line:l1"):
        page(app, address, status=404)
    assert "There is no such programme" in page(app, "/en/budget_programme/")
    assert "Open the discussion" in page(app, f"{place}/desk", here.head)
    page(app, f"{place}/desk", here.member, status=404)

    # From the form: one line has another amount, another is taken out, and a new one comes.
    form = {
        "title_kk": "Мектеп салу",
        "goal_ru": "Место каждому",
        "code": "225-099",
        "years": f"{Y1}, {Y2}",
        "scale": "1000",
        "responsible_name": "Сәуле",
        "indicator_1_id": "i1",
        "indicator_1_title_ru": "Школы",
        "indicator_1_title_kk": "",
        f"indicator_1_year_{Y1}": "12",
        f"indicator_1_year_{Y2}": "13",
        "line_1_id": "l1",
        "line_1_title_kk": "Салу",
        f"line_1_year_{Y1}": "10",
        f"line_1_year_{Y2}": "20,5",
        "line_2_id": "l2",
        "line_2_title_kk": "Жабдық",
        "line_2_gone": "1",
        "line_3_id": "",
        "line_3_title_kk": "Жол",
        f"line_3_year_{Y1}": "1",
        f"line_3_year_{Y2}": "2",
    }
    assert "not a number" in page(app, f"{place}/edit", here.head, 400, **{**form, f"line_1_year_{Y1}": "1O"})
    page(app, f"{place}/edit", here.head, 200, **form)
    shown = here.shown()
    assert [one["id"] for one in shown["lines"]] == ["l1", "l3"]
    assert shown["totals"] == {Y1: "11", Y2: "22.5"}

    page(app, f"{place}/step", here.head, 200, event="open")
    html = page(app, place)
    assert "Follow the money" in html
    assert 'aria-current="step"' in html
    assert "Мектеп салу" in page(app, "/en/budget_programme/?state=discussion")
    assert "Your reply" not in page(app, f"{place}/discussion/line:l1")
    page(app, f"{place}/discussion/line:l9", status=404)
    comment = here.comment("Сумма завышена, посчитайте заново.", "line:l1")
    here.close()
    desk = page(app, f"{place}/desk", here.head)
    assert "Сумма завышена" in desk
    assert "have no official answer yet" in desk
    here.answer(comment, "line:l1")
    assert "because_comments_line:l1" in page(app, f"{place}/edit", here.head)
    page(app, f"{place}/step", here.head, 200, event="pass_on")
    assert f"{here.shown()['name']}/opinion" in page(app, "/en/budget_programme/council", here.member)
    page(app, "/en/budget_programme/council", here.head, 403)
    opinion = {"verdict": "for", "text": "Совет поддерживает.", "language": "ru", "held_on": "2026-01-01"}
    votes = {"votes_for": "2", "votes_against": "9"}
    again = page(app, f"{place}/opinion", here.member, 400, **opinion, **votes)
    assert "Совет поддерживает." in again
    page(app, f"{place}/opinion", here.member, 200, **opinion, votes_for="9", votes_against="2")
    page(app, f"{place}/step", here.head, 400, event="approve", order_number="17", order_date="")
    page(app, f"{place}/step", here.head, 200, event="approve", order_number="17", order_date="2026-01-02")
    assert "Order 17" in page(app, place)
    assert "The two texts are the same" in page(app, f"{place}/compare")
    assert "Change the approved programme" in page(app, f"{place}/desk", here.head)


def test_reports_and_audits_have_their_pages(app: Any) -> None:
    agency = factories.Agency()
    head = officer(agency["id"], Role.HEAD)
    for address in ("/en/budget_report/", "/en/budget_report/calendar", "/en/audit_result/"):
        page(app, address)
        page(app, f"{address}?kind=nonsense&agency=nobody&year=x&late=perhaps")
    page(app, "/en/budget_report/new?duty=execution.local&period=2025", head)
    form = {
        "owner_org": agency["name"],
        "kind": "citizens",
        "level": "local",
        "period": "2026",
        "title_ru": "Бюджет",
        "scale": "1000",
        "row_1_title_kk": "",
        "row_1_title_ru": "Школы",
        "row_1_direction": "expenditure",
        "row_1_code": "04",
        "row_1_planned": "1 500,5",
        "row_1_actual": "",
    }
    assert "Choose one of" in page(app, "/en/budget_report/new", head, 400, **{**form, "level": ""})
    assert "1,500.5" in page(app, "/en/budget_report/new", head, 200, **form)
    (report,) = act("budget_report_list", head)["results"]
    page(app, f"/en/budget_report/{report['name']}", status=404)
    page(app, f"/en/budget_report/{report['name']}/edit", head)
    page(app, f"/en/budget_report/{report['name']}/step", head, event="publish")
    assert "og-bars__planned" in page(app, f"/en/budget_report/{report['name']}")

    audit = {
        "owner_org": agency["name"],
        "kind": "state_audit",
        "audited": agency["name"],
        "title_ru": "Аудит",
        "period_from": "2025-01-01",
        "period_until": "2025-12-31",
        "amount": "",
    }
    assert "before it begins" in page(app, "/en/audit_result/new", head, 400, **{**audit, "period_until": "2024-01-01"})
    page(app, "/en/audit_result/new", head, 200, **audit)
    (made,) = act("audit_result_list", head)["results"]
    place = f"/en/audit_result/{made['name']}"
    finding = {"object_ru": "Завышена цена", "violation": "misuse", "amount": "12,5", "programme_code": "1"}
    assert "Завышена цена" in page(app, f"{place}/finding", head, 400, **{**finding, "amount": "x"})
    page(app, f"{place}/finding", head, 200, **finding)
    page(app, f"{place}/step", head, event="publish")
    shown = page(app, place)
    assert "no such programme on this portal" in shown
    assert "Work on this finding" not in shown
    cured = {
        "number": "1",
        "state": "curing",
        "cured_amount": "12.5",
        "note": "",
        "evidence_title": "Акт",
        "evidence_url": "",
    }
    page(app, f"{place}/finding", head, 200, **cured)
    assert act("audit_result_show", None, id=made["id"])["findings"][0]["evidence"] == [{"title": "Акт", "url": ""}]
    assert "Audits of this agency" in page(app, "/en/audit_result/desk", head)
