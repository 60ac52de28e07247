"""A report: drafted, changed, published, withdrawn. Nothing here commits: the action does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.budget.model.programmes import Programme
from ckanext.opengov.budget.model.reports import Report
from ckanext.opengov.budget.names import COMPONENT
from ckanext.opengov.budget.service import cards
from ckanext.opengov.budget.service.lines import budgets
from ckanext.opengov.budget.service.people import WRITERS, Person, roles_in
from ckanext.opengov.budget.service.programmes.passport import texts
from ckanext.opengov.budget.service.refused import Findings, Refused, refuse
from ckanext.opengov.budget.service.reports import figures, kinds
from ckanext.opengov.budget.service.reports.kinds import KINDS, LEVELS, OF_A_LEVEL, STATES, TABLE, TYPE
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import journal, notices, wording
from ckanext.opengov.civic.service.discussion.rules import DiscussionRules, EntityLink
from ckanext.opengov.civic.service.refusal import N_, Refusal

LANGUAGES = ("kk", "ru", "en")
OF_PROGRAMME = N_("Report for {year}: {title}")
MOST_LINKS = 20


def get(reference: Any) -> Report:
    """A report by its id or the name in its address.

    :raises ObjectNotFound: when there is none
    """
    package = cards.find(reference, TYPE)
    found = model.Session.get(Report, package.id) if package else None
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such report."))
    return found


def lock(report_id: str) -> Report:
    """The report, as it is once all others who change it are done."""
    query = sa.select(Report).where(Report.id == report_id).with_for_update()
    return model.Session.scalars(query.execution_options(populate_existing=True)).one()


def _checked(raw: Mapping[str, Any], today: dt.date) -> dict[str, Any]:
    found = Findings()
    kind, level = str(raw.get("kind") or ""), raw.get("level") or None
    if kind not in KINDS or kind == "programme":
        # The report of a programme is published with the programme.
        known = ", ".join(one for one in KINDS if one != "programme")
        found.add("kind", N_("Choose one of: {known}."), known=known)
    if kind in OF_A_LEVEL and level not in LEVELS:
        found.add("level", N_("Choose one of: {known}."), known=", ".join(LEVELS))
    period = str(raw.get("period") or "")
    try:
        ends = kinds.bounds(period)[1]
        if kind != "citizens" and ends >= today:
            found.add("period", N_("{period} is not over yet."), period=period)
    except Refusal as error:
        found.errors.setdefault("period", []).append(error)
    title = texts(raw.get("title"), 300)
    if not title:
        found.add("title", N_("Write it in Kazakh, Russian or English."))
    found.check()
    made = {"kind": kind, "level": level if kind in OF_A_LEVEL else None, "period": period, "title": title}
    budget = str(raw.get("budget") or "").strip()[:200] or None
    if budget and budgets.find(budget) is None:
        raise refuse("budget", N_("There is no budget “{given}” on this portal."), given=budget)
    summary = texts(raw.get("summary"), 20_000)
    return {
        **made,
        "summary": summary,
        "budget": budget,
        "links": _links(raw.get("links")),
        "figures": figures.check(raw.get("figures")),
    }


def _links(value: Any) -> list[dict[str, str]]:
    rows = value if isinstance(value, list) else []
    made = []
    for row in rows[:MOST_LINKS]:
        url = str(row.get("url") or "").strip() if isinstance(row, Mapping) else ""
        if not url.startswith(("https://", "http://", "/")) or len(url) > 2_000:
            raise Refused({"links": [Refusal(N_("Give the whole address, beginning with https://."))]})
        made.append({"title": str(row.get("title") or url)[:200], "url": url})
    return made


def checked(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, in the form in which it is kept.

    :raises ValidationError: with all that is wrong
    """
    from ckanext.opengov.civic.service import officers

    try:
        return _checked(raw, officers.today())
    except Refused as error:
        raise tk.ValidationError(error.translated()) from error  # pyright: ignore[reportArgumentType]


def create(raw: Mapping[str, Any], agency_id: str, actor: str | None, name: str | None = None) -> Report:
    """A draft, which only officers of the agency see."""
    made = Report(id=str(uuid4()), agency_id=agency_id, state="draft", created_at=utc_now(), **checked(raw))
    made.programme_id = made.published_at = None
    add(made, name)
    journal.record(TYPE, made.id, "budget_report.created", actor=actor)
    return made


def add(made: Report, name: str | None = None) -> None:
    """Store a new report with its package."""
    values = {"id": made.id, "name": name or cards.slug(TYPE, made.id), "owner_org": made.agency_id}
    card = _card(made)
    both = {"title_translated": card.pop("title"), "notes_translated": card.pop("notes")}
    cards.insert(TYPE, {**values, **both, **card})
    model.Session.add(made)
    model.Session.flush()


def _card(report: Report) -> dict[str, Any]:
    return {
        "title": report.title,
        "notes": report.summary,
        "private": report.published_at is None,
        "report_kind": report.kind,
        "budget_level": report.level,
        "report_period": report.period,
        "report_state": report.state,
    }


def update(report_id: str, raw: Mapping[str, Any], actor: str | None) -> Report:
    """Change a draft.

    :raises ValidationError: once it is published
    """
    report = lock(report_id)
    if report.state != "draft" or report.kind == "programme":
        raise tk.ValidationError({"id": [tk._("A published report stays as it is. Withdraw it and publish another.")]})
    for name, value in checked(raw).items():
        setattr(report, name, value)
    settle(report)
    journal.record(TYPE, report.id, "budget_report.updated", actor=actor)
    return report


def settle(report: Report) -> None:
    """Bring the package to what the report has become."""
    model.Session.flush()
    cards.update(report.id, **_card(report))


def transition(report_id: str, event: str, person: Person, reason: str = "") -> Report:
    """Publish a draft, withdraw what is public.

    :raises ValidationError: when the state does not allow it, or a reason is missing
    :raises NotAuthorized: when this person may not
    """
    report = lock(report_id)
    rule = TABLE.get((report.state, event))
    if rule is None:
        message = tk._("This is not possible now: the report is in the state “{state}”.")
        raise tk.ValidationError({"event": [message.format(state=tk._(STATES[report.state]))]})
    if person.kinds(report.agency_id).isdisjoint({str(role) for role in rule.who}):
        raise tk.NotAuthorized(tk._("This step of a report is not yours to take."))
    if event == "withdraw" and len(reason.strip()) < 10:
        raise tk.ValidationError({"reason": [tk._("Say why, in a sentence or two: everybody reads it.")]})
    if event == "publish" and not (report.figures.get("rows") or report.links or report.summary):
        raise tk.ValidationError({"figures": [tk._("The report is empty: give figures, a summary or a link.")]})
    report.state = rule.then
    if event == "publish":
        report.published_at = utc_now()
    settle(report)
    public = {"reason": reason.strip()[:2_000]} if event == "withdraw" else {}
    journal.record(TYPE, report.id, f"budget_report.{event}", actor=person.user_id, public=public)
    if event == "publish":
        tell(report)
    return report


def tell(report: Report) -> None:
    """Followers of the agency hear of a new report."""
    notices.notify(
        "budget.report_published",
        entity_type=TYPE,
        entity_id=report.id,
        component=COMPONENT,
        agency_id=report.agency_id,
        subject={code: wording.pick(report.title, code) for code in LANGUAGES},
        body={code: wording.pick(report.summary, code) for code in LANGUAGES},
        url=f"/budget_report/{report.id}",
        key=f"{report.id}:published",
    )


def of_programme(programme: Programme, made: Mapping[str, Any], summary: Mapping[str, str], now: dt.datetime) -> Report:
    """The published report of a programme for a year; the caller has checked it."""
    year, title = str(made["year"]), programme.passport["title"]
    names = {code: wording.say(code, OF_PROGRAMME).format(year=year, title=title[code])[:300] for code in title}
    report = Report(
        id=str(uuid4()),
        agency_id=programme.agency_id,
        kind="programme",
        level=None,
        period=year,
        programme_id=programme.id,
        title=names,
        summary=dict(summary),
        figures=dict(made),
        budget=None,
        links=[],
        state="published",
        created_at=now,
        published_at=now,
    )
    add(report)
    journal.record(TYPE, report.id, "budget_report.publish", actor=None, at=now)
    tell(report)
    return report


# --- discussion


def _link(report_id: str) -> EntityLink:
    found = get(report_id)
    return EntityLink(wording.pick(found.title, wording.current()), f"/budget_report/{report_id}", found.agency_id)


def _is_open(report_id: str) -> tuple[bool, str]:
    return get(report_id).state == "published", tk._("Published reports are discussed; this one is not public now.")


def _speaks(user_id: str, report_id: str) -> bool:
    return bool({str(role) for role in WRITERS} & roles_in(user_id, get(report_id).agency_id))


RULES = DiscussionRules(link=_link, is_open=_is_open, answers_when_closed=True, competent=_speaks)
