"""Audits: who may bring a finding where, sums that agree, links by code, reminders, totals."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckanext.opengov import factories
from ckanext.opengov.budget.service.audits import reminding, rules
from ckanext.opengov.budget.service.audits.importing import RegistryAudits
from ckanext.opengov.budget.service.refused import Refused
from ckanext.opengov.civic.model.notices import Notice
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal, officers
from hypothesis import given
from hypothesis import strategies as st

from tests.budget.programme_ground import Ground, act, ground, officer

BODY, AUDITED = frozenset({"body"}), frozenset({"audited"})
FINDING: dict[str, Any] = {"object": {"ru": "Завышена цена"}, "violation": "procurement", "amount": "1 000,50"}


def refused(raw: dict[str, Any], before: Any, sides: frozenset[str]) -> set[str]:
    with pytest.raises(Refused) as found:
        rules.finding(raw, before, sides)
    return set(found.value.errors)


class TestFindings:
    NEW = rules.finding(FINDING, None, BODY)

    def test_amounts_are_exact(self) -> None:
        assert self.NEW["amount"] == Decimal("1000.50")
        assert refused({**FINDING, "amount": "0.001"}, None, BODY) == {"amount"}
        assert refused({**FINDING, "amount": "-1"}, None, BODY) == {"amount"}

    def test_the_two_sides_write_what_is_theirs(self) -> None:
        assert refused(FINDING, None, AUDITED) >= {"number", "amount"}
        assert refused({"amount": "1"}, self.NEW, AUDITED) == {"amount"}
        assert refused(
            {"state": "cured", "cured_amount": "1000.5", "evidence": [{"title": "x"}]}, self.NEW, AUDITED
        ) == {"state"}
        assert refused({"state": "disputed", "note": "Мы не согласны с этим."}, self.NEW, BODY) == {"state"}
        assert rules.finding({"state": "curing", "cured_amount": "500"}, self.NEW, AUDITED)["state"] == "curing"

    def test_cured_means_all_of_it_and_proven(self) -> None:
        curing = {**self.NEW, "state": "curing"}
        assert refused({"state": "cured", "cured_amount": "1000.49"}, curing, BODY) == {"cured_amount", "evidence"}
        assert refused({"state": "cured", "cured_amount": "1000.51"}, curing, BODY) >= {"cured_amount"}
        proof = [{"title": "Платёжное поручение"}]
        made = rules.finding({"state": "cured", "cured_amount": "1000.5", "evidence": proof}, curing, BODY)
        assert made["state"] == "cured"

    def test_who_disputes_says_why(self) -> None:
        assert refused({"state": "disputed"}, self.NEW, AUDITED) == {"note"}

    @given(st.sampled_from(list(rules.STATES)), st.sampled_from(list(rules.STATES)), st.sampled_from([BODY, AUDITED]))
    def test_a_finding_moves_only_along_the_table(self, was: str, to: str, sides: frozenset[str]) -> None:
        before = {
            **self.NEW,
            "amount": Decimal(0),
            "cured_amount": Decimal(0),
            "state": was,
            "note": "Не согласны с ним.",
        }
        try:
            rules.finding({"state": to}, before, sides)
        except Refused:
            assert was != to
            assert sides.isdisjoint(rules.MOVES.get((was, to), frozenset()))
        else:
            assert was == to or not sides.isdisjoint(rules.MOVES[was, to])

    def test_evidence_has_no_address_that_a_browser_would_run(self) -> None:
        assert refused({"evidence": [{"title": "x", "url": "javascript:alert(1)"}]}, self.NEW, BODY) == {"evidence"}


@pytest.mark.parametrize(
    ("left", "reminded", "due"),
    [(8, None, False), (7, None, True), (3, 7, False), (0, 7, True), (-3, 0, False), (-7, 0, True), (-1, 2, True)],
)
def test_reminders_come_a_week_before_on_the_day_and_every_week_after(
    left: int, reminded: int | None, due: bool
) -> None:
    """``left`` and ``reminded``: days before the deadline, today and at the last reminder."""
    deadline, day = dt.date(2026, 11, 24), dt.timedelta(days=1)
    last = None if reminded is None else deadline - reminded * day
    assert reminding.is_due(deadline, last, deadline - left * day) is due


@pytest.mark.usefixtures("clean_portal")
class TestLife:
    def made(self, here: Ground, auditor: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
        period = {"period_from": "2025-01-01", "period_until": "2025-12-31"}
        raw = {"owner_org": body["id"], "title": {"ru": "Аудит школ"}, "kind": "state_audit", **period, **more}
        return act("audit_result_create", auditor, audited=here.agency["id"], **raw)

    def test_a_finding_is_written_cured_and_counted(self) -> None:
        here, body = ground(), factories.Agency()
        auditor = officer(body["id"], Role.HEAD)
        here.step("open")
        audit = self.made(here, auditor, body, amount="90000000")
        soon = officers.today() + dt.timedelta(days=5)
        found = {**FINDING, "programme_code": "225-099", "line_code": "225-099-100", "deadline": soon.isoformat()}
        first = act("audit_finding_upsert", auditor, audit_id=audit["id"], **found)
        assert (first["number"], first["programme"]["id"]) == (1, here.id)
        act("audit_finding_upsert", auditor, audit_id=audit["id"], **{**FINDING, "programme_code": "999"})

        # A draft is nobody's business, and the audited agency has no say in it.
        for user in (None, here.head):
            with pytest.raises(tk.ObjectNotFound):
                act("audit_result_show", user, id=audit["id"])
        assert act("audit_result_totals", None)["agencies"] == []
        act("audit_result_transition", auditor, id=audit["id"], event="publish")
        shown = act("audit_result_show", None, id=audit["id"])
        assert (shown["found"], shown["cured"], shown["count"], shown["sides"]) == ("2001", "0", 2, [])
        assert [one["number"] for one in act("audit_result_totals", None)["unmatched"]] == [2]
        assert here.shown()["findings"][0]["number"] == 1

        # The agency is reminded once a day at most, cures, and the body says that it is cured.
        assert (reminding.remind(), reminding.remind()) == (1, 0)
        kinds = [one["kind"] for one in act("workplace_task_list", here.head, component="budget")["tasks"]]
        assert kinds == ["finding_cure", "finding_cure"]
        proof = {"evidence": [{"title": "Платёжное поручение", "url": "https://example.org/1"}]}
        where = {"audit_id": audit["id"], "number": 1}
        act("audit_finding_upsert", here.head, **where, state="curing", cured_amount="1000.5", **proof)
        assert [one["kind"] for one in act("workplace_task_list", auditor, component="budget")["tasks"]] == [
            "finding_decide"
        ]
        act("audit_finding_upsert", auditor, **where, state="cured")
        (total,) = act("audit_result_totals", None, year=2025)["agencies"]
        assert (total["found"], total["cured"], total["share"], total["open"]) == ("2001", "1000.5", "50", 1)
        assert act("audit_result_totals", None, year=2024)["agencies"] == []

        # Disputed: the body is asked.
        act(
            "audit_finding_upsert", here.head, **{**where, "number": 2}, state="disputed", note="Закупки не было вовсе."
        )
        assert model.Session.scalar(sa.select(sa.func.count()).where(Notice.event == "budget.audit_finding_asks")) == 1
        with pytest.raises(tk.ObjectNotFound):
            act("audit_finding_upsert", auditor, **{**where, "number": 9}, state="open")
        model.Session.rollback()
        with pytest.raises(tk.NotAuthorized):
            act("audit_finding_upsert", officer(factories.Agency()["id"], Role.HEAD), **where, state="open")
        events = [
            one["event"].partition(".")[2] for one in journal.entries("audit_result", audit["id"], internal=False)
        ]
        assert events == [
            *("created", "finding_added", "finding_added", "publish", "reminder"),
            *("finding_curing", "finding_cured", "finding_disputed"),
        ]
        assert journal.verify("audit_result", audit["id"]).ok

    def test_a_register_brings_audits_by_the_bin_of_the_audited_agency(self) -> None:
        body, audited, writer = factories.Agency(), factories.Agency(), RegistryAudits()
        record = {
            "id": "c0000000-0000-4000-8000-000000000001",
            "owner_org": body["id"],
            "name": "from-register",
            "title_translated": {"ru": "Проверка"},
            "audit_kind": "financial_control",
            "audit_period": "2025",
            "audited_agency": audited["bin"],
            "found_amount": "500",
            "cured_amount": "500",
        }
        writer.create({}, record)
        shown = act("audit_result_show", None, id="from-register")
        assert (shown["audited"]["id"], shown["period_until"], shown["findings"][0]["state"]) == (
            audited["id"],
            "2025-12-31",
            "cured",
        )
        writer.update({}, {**record, "cured_amount": "20"})
        assert act("audit_result_show", None, id="from-register")["findings"][0]["state"] == "open"
        writer.withdraw({}, record["id"])
        assert act("audit_result_list", None)["count"] == 0
        writer.restore({}, record)
        assert act("audit_result_list", None, agency=audited["id"], body=body["id"], year=2025)["count"] == 1
        for wrong in ({"audited_agency": "nobody"}, {"audit_period": "когда-то"}, {"found_amount": "много"}):
            with pytest.raises(tk.ValidationError):
                writer.update({}, {**record, **wrong})
            model.Session.rollback()
