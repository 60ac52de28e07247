"""Programmes as readers get them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.budget.model.audits import Audit, Finding
from ckanext.opengov.budget.model.programmes import CouncilOpinion, Programme, ProgrammeChange, ProgrammeVersion
from ckanext.opengov.budget.model.reports import Report
from ckanext.opengov.budget.service import amounts, cards
from ckanext.opengov.budget.service.people import Person
from ckanext.opengov.budget.service.programmes import comparing, moving, passport, talk, texts
from ckanext.opengov.budget.service.programmes.passport import Passport
from ckanext.opengov.budget.service.programmes.states import DECISIONS, SOURCES, STATES, VERDICTS
from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.refusal import N_

FIELDS: Mapping[str, str] = {
    "title": N_("Title"),
    "goal": N_("Goal"),
    "code": N_("Code"),
    "years": N_("Years"),
    "scale": N_("Unit of the amounts"),
    "responsible": N_("Responsible"),
    "unit": N_("Unit"),
    "targets": N_("Target"),
    "amounts": N_("Amount"),
    "row": N_("The whole row"),
}
STAGES: Mapping[str, str] = {
    texts.DISCUSSED: N_("As discussed"),
    texts.APPROVED: N_("As approved"),
    texts.AMENDED: N_("As changed"),
}


def briefs(many: Sequence[Programme]) -> list[dict[str, Any]]:
    """Programmes in a list: what belongs to them is read for all at once."""
    ids = {one.id for one in many}
    names, talks = cards.names(ids), talk.figures_of(ids)
    places = cards.agencies_of({one.agency_id for one in many})
    return [
        {**_own(one), "name": names[one.id], "agency": places[one.agency_id], "talk": talks[one.id]} for one in many
    ]


def _own(found: Programme) -> dict[str, Any]:
    text, totals = found.passport, passport.totals(found.passport)
    return {
        "id": found.id,
        "code": found.code,
        "state": found.state,
        "state_title": tk._(STATES[found.state]),
        "title": _picked(text["title"]),
        "title_translated": text["title"],
        "goal": _picked(text["goal"]),
        "years": text["years"],
        "scale": text["scale"],
        "currency": text["currency"],
        "totals": totals,
        "total": amounts.plain(amounts.total(totals.values())),
        "due_at": found.due_at.isoformat() if found.due_at else None,
        "moments": dict(found.moments),
    }


def full(found: Programme, person: Person) -> dict[str, Any]:
    """A programme with all that hangs on it, and what this person may do now."""
    kept = texts.versions(found.id)
    counts = talk.by_anchor(found.id)
    return {
        **briefs([found])[0],
        "passport": found.passport,
        **shown(found.passport, counts),
        "comments_on_whole": counts.get("", 0),
        "gone": _gone(found, kept, counts),
        "withdrawn_reason": found.withdrawn_reason,
        "round": found.round,
        "opinions": [opinion(one, found.passport) for one in texts.all_opinions(found.id)],
        "versions": [version(one) for one in kept],
        "differences": _since_discussion(found, kept),
        "reports": _reports(found.id),
        "findings": findings(found),
        "events": moving.possible(found, person),
        "is_public": moving.is_public(found),
    }


def _picked(value: Mapping[str, str]) -> str:
    return wording.pick(value, wording.current())


def shown(text: Passport, counts: Mapping[str, int]) -> dict[str, Any]:
    """Indicators, lines and who is responsible, in the reader's language."""
    responsible = text["responsible"]
    return {
        "responsible": {"name": responsible["name"], "position": _picked(responsible["position"])}
        if responsible
        else None,
        "indicators": [_row(one, "indicator", counts) for one in text["indicators"]],
        "lines": [_row(one, "line", counts) for one in text["lines"]],
    }


def _row(one: Mapping[str, Any], word: str, counts: Mapping[str, int]) -> dict[str, Any]:
    anchor = f"{word}:{one['id']}"
    more = {"unit": _picked(one["unit"])} if "unit" in one else {}
    return {**one, **more, "title": _picked(one["title"]), "anchor": anchor, "comments": counts.get(anchor, 0)}


def _gone(found: Programme, kept: list[ProgrammeVersion], counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Places with comments that the text no longer has, as they stood in the last version that had them."""
    there = {"", *passport.anchors(found.passport)}
    rows: dict[str, dict[str, Any]] = {}
    for one in kept:
        texts_then = shown(one.passport, counts)
        rows |= {row["anchor"]: row for row in (*texts_then["indicators"], *texts_then["lines"])}
    return [row for anchor, row in rows.items() if anchor not in there and row["comments"]]


def place_title(text: Passport, anchor: str) -> str:
    """What a place is called; a place that is no longer there by its id."""
    if not anchor or anchor == comparing.WHOLE:
        return tk._("The programme as a whole")
    found = passport.anchors(text).get(anchor)
    return _picked(found) if found else anchor


def opinion(one: CouncilOpinion, text: Passport) -> dict[str, Any]:
    """What the council said, and the replies."""
    remarks = [
        {
            "anchor": row["anchor"],
            "place": place_title(text, row["anchor"]),
            "text": row["text"],
            "reply": _reply(row["reply"]) if row["reply"] else None,
        }
        for row in one.remarks
    ]
    return {
        "round": one.round,
        "verdict": one.verdict,
        "verdict_title": tk._(VERDICTS[one.verdict]),
        "text": one.text,
        "language": one.language,
        "held_on": one.held_on.isoformat(),
        "votes_for": one.votes_for,
        "votes_against": one.votes_against,
        "votes_abstained": one.votes_abstained,
        "remarks": remarks,
        "created_at": one.created_at.isoformat(),
        "replied_at": one.replied_at.isoformat() if one.replied_at else None,
    }


def _reply(given: Mapping[str, str]) -> dict[str, str]:
    title = DECISIONS[given["decision"]]
    return {**given, "decision_title": tk._(title)}


def version(one: ProgrammeVersion) -> dict[str, Any]:
    """A text that counted, without the text itself."""
    return {
        "number": one.number,
        "stage": one.stage,
        "stage_title": tk._(STAGES[one.stage]),
        "order_number": one.order_number,
        "order_date": one.order_date.isoformat() if one.order_date else None,
        "reason": one.reason,
        "made_at": one.made_at.isoformat(),
    }


def _since_discussion(found: Programme, kept: list[ProgrammeVersion]) -> int:
    """In how many places the text differs from the one that was discussed."""
    first = next((one for one in kept if one.stage == texts.DISCUSSED), None)
    return len(comparing.places(comparing.differences(first.passport, found.passport))) if first else 0


# --- side by side


def compared(found: Programme, first: int | None, second: int | None) -> dict[str, Any]:
    """Two texts side by side, by place, and because of whom each place changed.

    :param first: number of a version; the discussed one by default
    :param second: number of a version; the text as it stands now by default

    :raises ObjectNotFound: when there is no such version
    """
    kept = {one.number: one for one in texts.versions(found.id)}
    before = _version(kept, first) if first else texts.discussed(found)
    after = _version(kept, second).passport if second else found.passport
    because: dict[str, list[dict[str, Any]]] = {}
    for change in texts.changes(found.id):
        because.setdefault(change.anchor, []).append(_reason(change))
    places: dict[str, dict[str, Any]] = {}
    for one in comparing.differences(before.passport, after):
        title = place_title(after, one.anchor)
        title = place_title(before.passport, one.anchor) if title == one.anchor else title
        place = {"anchor": one.anchor, "title": title, "changes": [], "because": because.get(one.anchor, [])}
        places.setdefault(one.anchor, place)["changes"].append(_difference(one))
    return {
        "id": found.id,
        "versions": [version(one) for one in kept.values()],
        "before": before.number,
        "after": second,
        "places": list(places.values()),
    }


def _version(kept: Mapping[int, ProgrammeVersion], number: int) -> ProgrammeVersion:
    if number not in kept:
        raise tk.ObjectNotFound(tk._("The programme has no version {number}.").format(number=number))
    return kept[number]


def _difference(one: comparing.Difference) -> dict[str, Any]:
    step = one.step
    return {
        "field": one.field,
        "field_title": tk._(FIELDS[one.field]),
        "year": one.year,
        "before": one.before,
        "after": one.after,
        "before_text": _value(one.field, one.before),
        "after_text": _value(one.field, one.after),
        "step": amounts.plain(step) if step is not None else None,
    }


def _value(field: str, value: Any) -> str:
    if value in (None, "", {}):
        return ""
    if field in ("title", "goal", "unit", "row"):
        return _picked(value)
    if field == "responsible":
        return f"{value['name']}, {_picked(value['position'])}".rstrip(", ")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _reason(change: ProgrammeChange) -> dict[str, Any]:
    return {
        "source": change.source,
        "source_title": tk._(SOURCES[change.source]),
        "comments": change.comments,
        "note": change.note,
        "made_at": change.made_at.isoformat(),
    }


# --- reports and findings


def _reports(programme_id: str) -> list[dict[str, Any]]:
    query = sa.select(Report).where(Report.programme_id == programme_id, Report.state == "published")
    found = model.Session.scalars(query.order_by(Report.period)).all()
    names = cards.names({one.id for one in found})
    return [_report(one, names[one.id]) for one in found]


def _report(one: Report, name: str) -> dict[str, Any]:
    figures = one.figures
    rows = [row for row in figures.get("indicators", ()) if row["planned"] is not None]
    reached = sum(Decimal(row["actual"]) >= Decimal(row["planned"]) for row in rows)
    sums = {
        name: amounts.total(row[name] for row in figures.get("lines", ()) if row[name])
        for name in ("planned", "actual")
    }
    return {
        "id": one.id,
        "name": name,
        "year": one.period,
        "title": _picked(one.title),
        "published_at": one.published_at.isoformat() if one.published_at else None,
        "indicators": len(rows),
        "reached": reached,
        "planned": amounts.plain(sums["planned"]),
        "spent": amounts.plain(sums["actual"]),
    }


def findings(found: Programme) -> list[dict[str, Any]]:
    """What audits found in the programme, by its code in its agency."""
    from ckanext.opengov.budget.service.audits.rules import STATES as OF_FINDINGS

    query = (
        sa.select(Finding, Audit)
        .join(Audit, Audit.id == Finding.audit_id)
        .where(Finding.programme_code == found.code, Audit.audited_id == found.agency_id, Audit.state == "published")
        .order_by(Audit.period_until, Finding.number)
    )
    return [
        {
            "audit_id": audit.id,
            "number": one.number,
            "object": _picked(one.object),
            "amount": amounts.plain(one.amount),
            "cured_amount": amounts.plain(one.cured_amount),
            "state": one.state,
            "state_title": tk._(OF_FINDINGS[one.state]),
            "line_code": one.line_code,
            "period_until": audit.period_until.isoformat(),
        }
        for one, audit in model.Session.execute(query)
    ]
