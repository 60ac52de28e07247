"""Reports and the calendar of duties: periods, figures, who owes what by when, who is late."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories as core
from ckanext.opengov import factories
from ckanext.opengov.budget.service.refused import Refused
from ckanext.opengov.budget.service.reports import duties, figures, kinds
from ckanext.opengov.budget.service.reports.importing import RegistryReports
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service.calendar import Calendar
from ckanext.opengov.civic.service.refusal import Refusal
from freezegun import freeze_time

from tests.budget.programme_ground import act, officer, person

D = dt.date


class TestPeriods:
    @pytest.mark.parametrize(
        ("period", "first", "last"),
        [
            ("2026", D(2026, 1, 1), D(2026, 12, 31)),
            ("2026-Q1", D(2026, 1, 1), D(2026, 3, 31)),
            ("2026-Q4", D(2026, 10, 1), D(2026, 12, 31)),
            ("2028-02", D(2028, 2, 1), D(2028, 2, 29)),
            ("2026-12", D(2026, 12, 1), D(2026, 12, 31)),
        ],
    )
    def test_a_period_has_its_days(self, period: str, first: dt.date, last: dt.date) -> None:
        assert kinds.bounds(period) == (first, last)

    @pytest.mark.parametrize("period", ["", "20O5", "2026-13", "2026-Q5", "26", "٢٠٢٦", "2026-1"])
    def test_what_is_none_is_told_so(self, period: str) -> None:
        with pytest.raises(Refusal):
            kinds.bounds(period)

    def test_the_periods_of_a_stretch_are_those_that_end_in_it(self) -> None:
        assert kinds.periods("quarter", D(2025, 12, 31), D(2026, 6, 30)) == ["2025-Q4", "2026-Q1", "2026-Q2"]
        assert kinds.periods("month", D(2026, 2, 1), D(2026, 3, 30)) == ["2026-02"]
        assert kinds.periods("year", D(2026, 1, 1), D(2026, 12, 30)) == []


class TestDuties:
    def test_every_duty_of_the_table_is_of_a_known_kind_and_says_its_basis(self) -> None:
        for duty in duties.known().values():
            assert duty.kind in kinds.KINDS
            assert (duty.level in kinds.LEVELS) == (duty.kind in kinds.OF_A_LEVEL)
            assert set(duty.title) == set(duty.basis) == {"kk", "ru", "en"}

    def test_a_last_day_that_is_a_day_off_moves_on(self) -> None:
        duty = duties.known()["execution.local"]
        # Thirty days after 30 September 2026 is a Friday, after 31 December a Saturday.
        assert duty.due_on("2026-Q3", Calendar()) == D(2026, 10, 30)
        assert duty.due_on("2026-Q4", Calendar()) == D(2027, 2, 1)

    def test_what_came_late_and_what_is_late(self) -> None:
        duty = duties.known()["execution.local"]
        came = {
            ("a", "execution", "local", "2026-Q1"): D(2026, 4, 30),
            ("a", "execution", "local", "2026-Q2"): D(2026, 8, 10),
        }
        found = duties.owed(duty, "a", (D(2026, 1, 1), D(2026, 12, 31)), came, Calendar())
        today = D(2026, 11, 9)
        assert [(one.period, one.state(today), one.days_late(today)) for one in found] == [
            ("2026-Q1", "published", 0),
            ("2026-Q2", "published_late", 11),
            ("2026-Q3", "late", 10),
            ("2026-Q4", "awaited", 0),
        ]


class TestFigures:
    ROWS = (
        {"title": {"ru": "Налоги"}, "direction": "revenue", "planned": "100,5", "actual": "50"},
        {"title": {"ru": "Школы"}, "planned": "-3", "actual": ""},
        {"title": {"ru": "Больницы"}, "planned": "6", "actual": "1.5"},
    )

    def test_sums_and_shares_are_exact(self) -> None:
        made = figures.check({"scale": 1000, "rows": list(self.ROWS)})
        found = figures.totals(made)
        assert found["revenue"] == {"planned": "100.5", "actual": "50", "share": "49.8"}
        assert found["expenditure"]["planned"] == "3"
        assert figures.share(Decimal(0), Decimal(5)) is None

    def test_a_plan_without_an_execution_is_not_executed_by_nothing(self) -> None:
        made = figures.check({"rows": [{"title": {"ru": "Школы"}, "planned": "3"}]})
        assert figures.totals(made)["expenditure"] == {"planned": "3", "actual": None, "share": None}

    def test_bars_are_as_long_as_their_share_of_the_longest(self) -> None:
        bars = figures.bars(figures.check({"rows": list(self.ROWS)}))
        assert [(one["planned_width"], one["actual_width"]) for one in bars] == [
            ("100.0", "49.8"),
            ("50.0", "0"),
            ("100.0", "25.0"),
        ]

    @pytest.mark.parametrize(
        "raw", [{"scale": 5}, {"rows": "x"}, {"rows": [{}]}, {"rows": [{"title": {"ru": "x"}, "planned": "1O"}]}]
    )
    def test_what_is_wrong_is_told_so(self, raw: Any) -> None:
        with pytest.raises(Refused):
            figures.check(raw)


@pytest.mark.usefixtures("clean_portal")
def test_a_report_is_owed_drafted_published_and_no_longer_late() -> None:
    agency = factories.Agency()
    head, supervisor = officer(agency["id"], Role.HEAD), officer(agency["id"], Role.SUPERVISOR)
    with freeze_time(dt.datetime(2026, 8, 20, 6, tzinfo=dt.UTC), tick=True):
        with pytest.raises(tk.NotAuthorized):
            act("budget_duty_assign", head, duty="execution.local", agency=agency["id"], since="2026-01-01")
        for duty in ("nothing", "programme"):
            with pytest.raises(tk.ValidationError, match="not known"):
                act("budget_duty_assign", supervisor, duty=duty, agency=agency["id"], since="2026-01-01")
        act("budget_duty_assign", supervisor, duty="execution.local", agency=agency["id"], since="2026-01-01")
        late = act("budget_duty_list", None, late=True)
        assert [(one["period"], one["days_late"]) for one in late["owed"]] == [("2026-Q2", 21), ("2026-Q1", 112)]
        tasks = act("workplace_task_list", head, component="budget")["tasks"]
        assert [(one["kind"], one["overdue"]) for one in tasks] == [("report_owed", True)] * 2
        assert "duty=execution.local" in tasks[0]["url"]

        title = {"kk": "Бюджеттің атқарылуы", "ru": "Исполнение бюджета"}
        raw = {"kind": "execution", "level": "local", "period": "2026-Q1", "title": title}
        with pytest.raises(tk.NotAuthorized):
            act("budget_report_create", person(), owner_org=agency["id"], **raw)
        for wrong in ({"kind": "programme"}, {"level": "moon"}, {"period": "2026-Q3"}, {"title": {}}):
            with pytest.raises(tk.ValidationError) as refused:
                act("budget_report_create", head, owner_org=agency["id"], **{**raw, **wrong})
            assert set(refused.value.error_dict) == set(wrong)
            model.Session.rollback()
        made = act("budget_report_create", head, owner_org=agency["id"], **raw)
        with pytest.raises(tk.ObjectNotFound):
            act("budget_report_show", None, id=made["id"])
        with pytest.raises(tk.ValidationError, match="empty"):
            act("budget_report_transition", head, id=made["id"], event="publish")
        model.Session.rollback()
        rows = [{"title": {"ru": "Школы"}, "planned": "100", "actual": "93.5"}]
        act("budget_report_update", head, id=made["id"], **raw, figures={"rows": rows})
        act("budget_report_transition", head, id=made["id"], event="publish")
        shown = act("budget_report_show", None, id=made["id"])
        assert (shown["state"], shown["totals"]["expenditure"]["share"]) == ("published", "93.5")
        assert [one["period"] for one in act("budget_duty_list", None, late=True)["owed"]] == ["2026-Q2"]
        assert act("budget_duty_list", None)["agencies"][0]["came_late"] == 1
        with pytest.raises(tk.ValidationError, match="stays as it is"):
            act("budget_report_update", head, id=made["id"], **raw)
        model.Session.rollback()
        act("budget_report_transition", head, id=made["id"], event="withdraw", reason="Ошибка в сумме по школам.")
        assert act("budget_report_list", None)["count"] == 0
        assert len(act("budget_duty_list", None, late=True)["owed"]) == 2

        # A register brings reports the same way.
        writer = RegistryReports()
        record = {
            "id": "b0000000-0000-4000-8000-000000000001",
            "owner_org": agency["id"],
            "name": "from-register",
            "title_translated": {"ru": "Отчёт"},
            "report_kind": "execution",
            "budget_level": "local",
            "report_period": "2026-Q2",
            "report_planned": "10",
            "report_actual": "9",
        }
        writer.create({}, record)
        assert act("budget_report_show", None, id="from-register")["totals"]["expenditure"]["share"] == "90"
        writer.withdraw({}, record["id"])
        assert act("budget_report_list", None, year=2026)["count"] == 0
        writer.restore({}, {**record, "report_actual": "10"})
        assert act("budget_report_list", None, kind="execution", year=2026, level="local")["count"] == 1
        with pytest.raises(tk.NotAuthorized, match="own actions"):
            tk.get_action("package_delete")({"user": core.Sysadmin()["name"]}, {"id": record["id"]})
