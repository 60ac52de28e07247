"""What waits for officers of budgets and for members of councils, in one statement for each request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.budget.model.audits import Audit, Finding
from ckanext.opengov.budget.model.programmes import Programme
from ckanext.opengov.budget.model.reports import Report
from ckanext.opengov.budget.names import COMPONENT
from ckanext.opengov.budget.service.audits.rules import TYPE as AUDIT
from ckanext.opengov.budget.service.people import CHIEFS, COUNCIL, SIGNING, WRITERS
from ckanext.opengov.budget.service.programmes.states import IN_FORCE
from ckanext.opengov.budget.service.programmes.states import TYPE as PROGRAMME
from ckanext.opengov.budget.service.reports import duties
from ckanext.opengov.budget.service.reports.kinds import TYPE as REPORT
from ckanext.opengov.civic.service import tasks, transferred_days, wording
from ckanext.opengov.civic.service.calendar import ALMATY, end_of_day, local_date
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.civic.tasks import Task, TaskPage, TaskQuery

KINDS = {
    "programme_answer": N_("Comments on budget programmes to answer"),
    "programme_council": N_("Opinions of the public council to give"),
    "programme_reply": N_("Replies to the public council"),
    "programme_approve": N_("Budget programmes to approve"),
    "programme_report": N_("Reports of budget programmes to publish"),
    "report_owed": N_("Budget reports to publish"),
    "finding_cure": N_("Findings of audits to cure"),
    "finding_decide": N_("Findings to decide on"),
}
Places = frozenset[str] | None
# Duties of this long ago and longer are no task any more.
BACK = dt.timedelta(days=550)
Moment = sa.DateTime(timezone=True)


def waiting(query: TaskQuery) -> TaskPage:
    """All kinds in one statement; parts in which the user holds no role are left out."""
    wanted = (
        (query.places(WRITERS), _in_state("programme_answer", "answering")),
        (query.places(COUNCIL), _in_state("programme_council", "council")),
        (query.places(CHIEFS), _in_state("programme_reply", "replying")),
        (query.places(SIGNING), _in_state("programme_approve", "approving")),
        (query.places(CHIEFS), _unreported),
        (query.places(CHIEFS), _owed),
        (query.places(WRITERS), _to_cure),
        (query.places(WRITERS), _to_decide),
    )
    parts = [part for places, build in wanted if places is None or places for part in build(query, places)]
    if not parts:
        return TaskPage()
    union = sa.union_all(*parts).subquery("parts")
    return tasks.answer(sa.select(union), query, _present)


def _inside(column: Any, places: Places) -> sa.ColumnElement[bool]:
    return sa.true() if places is None else column.in_(places)


def _row(kind: str, number: Any, agency: Any, title: Any, entity: tuple[Any, str], due_at: Any) -> sa.Select[Any]:
    """One part of the statement: each has the same columns."""
    return sa.select(
        (sa.literal(f"{kind}:") + sa.cast(number, sa.Text)).label("id"),
        sa.literal(kind).label("kind"),
        sa.cast(due_at, Moment).label("due_at"),
        sa.cast(agency, sa.Text).label("agency_id"),
        sa.cast(sa.null(), sa.Text).label("assignee"),
        sa.cast(title, sa.Text).label("title"),
        sa.literal(entity[1]).label("entity_type"),
        sa.cast(entity[0], sa.Text).label("entity_id"),
    )


def _picked(texts: Any) -> sa.ColumnElement[str]:
    """The text of a column of translations that the reader knows best."""
    languages = dict.fromkeys((wording.current(), *tk.config["ckan.locales_offered"]))
    return sa.func.coalesce(*(sa.func.nullif(texts[code].astext, "") for code in languages), "")


_TITLE = Programme.passport["title"]


def _in_state(kind: str, state: str) -> Any:
    def build(_query: TaskQuery, places: Places) -> Iterable[sa.Select[Any]]:
        entity = (Programme.id, PROGRAMME)
        part = _row(kind, Programme.id, Programme.agency_id, _picked(_TITLE), entity, Programme.due_at)
        yield part.where(Programme.state == state, _inside(Programme.agency_id, places))

    return build


def _unreported(query: TaskQuery, places: Places) -> Iterable[sa.Select[Any]]:
    """A year of a programme in force that is over and has no report."""
    year = sa.func.jsonb_array_elements_text(Programme.passport["years"]).table_valued("value", name="year")
    there = sa.exists().where(
        Report.programme_id == Programme.id, Report.period == year.c.value, Report.state == "published"
    )
    days = duties.known()[duties.OF_PROGRAMMES].due_days
    # The night of New Year's Eve and the days after it, in Almaty.
    end = sa.func.make_timestamptz(sa.cast(year.c.value, sa.Integer), 12, 31, 23, 59, 59.0, str(ALMATY))
    due = end + sa.func.make_interval(0, 0, 0, days)
    number = Programme.id + ":" + year.c.value
    title = _picked(_TITLE) + ", " + year.c.value
    part = _row("programme_report", number, Programme.agency_id, title, (Programme.id, PROGRAMME), due)
    yield (
        part.select_from(Programme)
        .join(year, sa.true())
        .where(Programme.state.in_(IN_FORCE), _inside(Programme.agency_id, places), ~there)
        .where(sa.cast(year.c.value, sa.Integer) < local_date(query.now).year)
    )


def _owed(query: TaskQuery, places: Places) -> Iterable[sa.Select[Any]]:
    """Reports that agencies are put down for and have not published."""
    today, language = local_date(query.now), wording.current()
    found = duties.calendar_of(today - BACK, today, today, transferred_days.current(), places)
    rows = [
        (
            f"{one.duty.key}:{one.agency_id}:{one.period}",
            one.agency_id,
            f"{wording.pick(one.duty.title, language)}, {one.period}",
            end_of_day(one.due_on),
        )
        for one in found
        if one.published_on is None and one.programme_id is None
    ]
    if rows:
        columns: list[Any] = [sa.column(name, sa.Text) for name in ("number", "agency", "title")]
        given = sa.values(*columns, sa.column("due", Moment), name="owed").data(rows)
        c = given.c
        yield _row("report_owed", c.number, c.agency, c.title, (c.number, REPORT), c.due)


def _to_cure(_query: TaskQuery, places: Places) -> Iterable[sa.Select[Any]]:
    yield _findings("finding_cure", Audit.audited_id, Finding.state.in_(("open", "curing")), places)


def _to_decide(_query: TaskQuery, places: Places) -> Iterable[sa.Select[Any]]:
    """The agency says that it is cured, or that there was nothing."""
    says_cured = sa.and_(Finding.state == "curing", Finding.cured_amount == Finding.amount)
    asks = sa.or_(Finding.state == "disputed", sa.and_(says_cured, sa.func.jsonb_array_length(Finding.evidence) > 0))
    yield _findings("finding_decide", Audit.body_id, asks, places)


def _findings(kind: str, agency: Any, condition: sa.ColumnElement[bool], places: Places) -> sa.Select[Any]:
    due = sa.func.timezone(str(ALMATY), sa.cast(Finding.deadline, sa.DateTime) + dt.timedelta(hours=23, minutes=59))
    number = Finding.audit_id + ":" + sa.cast(Finding.number, sa.Text)
    part = _row(kind, number, agency, _picked(Finding.object), (Finding.audit_id, AUDIT), due)
    joined = part.select_from(Finding).join(Audit, Audit.id == Finding.audit_id)
    return joined.where(Audit.state == "published", condition, _inside(agency, places))


def _present(row: sa.Row[Any]) -> Task:
    return Task(
        id=row.id,
        component=COMPONENT,
        kind=row.kind,
        title=row.title,
        url=_url(row),
        agency_id=row.agency_id,
        due_at=row.due_at,
        entity_type=row.entity_type,
        entity_id=row.entity_id,
    )


def _url(row: sa.Row[Any]) -> str:
    if row.kind == "report_owed":
        duty, agency, period = row.entity_id.split(":")
        return tk.url_for("opengov_budget_reports.new", duty=duty, agency=agency, period=period)
    if row.entity_type == AUDIT:
        number = row.id.rpartition(":")[2]
        return tk.url_for("opengov_budget_audits.show", reference=row.entity_id) + f"#finding-{number}"
    if row.kind == "programme_council":
        return tk.url_for("opengov_budget_programmes_work.opinion", reference=row.entity_id)
    return tk.url_for("opengov_budget_programmes_work.desk", reference=row.entity_id)
