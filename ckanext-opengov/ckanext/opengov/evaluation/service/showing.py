"""Evaluations as the API and the pages give them: ranking, card, explanation. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service import agencies, wording
from ckanext.opengov.evaluation.model.evaluations import Evaluation, Fact, Framework, Objection, Period
from ckanext.opengov.evaluation.service import arithmetic, evidence, league, registry, scoring, snapshots, stored
from ckanext.opengov.evaluation.service.arithmetic import Result, Step
from ckanext.opengov.evaluation.service.framework import Branch, Indicator, Kind
from ckanext.opengov.evaluation.service.framework import Framework as Tree

GAINS = 5


def pick(texts: Mapping[str, str]) -> str:
    """The text in the reader's language."""
    return wording.pick(texts, wording.current())


def period(one: Period) -> dict[str, Any]:
    """A period."""
    row = model.Session.get_one(Framework, one.framework_id)
    return {
        "id": one.id,
        "name": one.name,
        "title": pick(one.title),
        "framework": one.framework_name,
        "version": row.version,
        "framework_id": one.framework_id,
        "framework_title": pick(row.title),
        "starts_on": one.starts_on.isoformat(),
        "ends_on": one.ends_on.isoformat(),
        "snapshot_at": one.snapshot_at.isoformat() if one.snapshot_at else None,
        "digest": one.digest,
        "published": one.published_at is not None,
    }


def shown(number: Fraction | None, places: int = 1) -> str | None:
    """As it is shown, halves rounded up."""
    return None if number is None else str(arithmetic.rounded(number, places))


def _bound(bound: float | None) -> float | None:
    return None if bound is None else round(bound, 1)


def ranking(one: Period, kind: str | None = None) -> list[dict[str, Any]]:
    """The table of a period's published evaluations, ranked within each group of peers."""
    query = (
        sa.select(Evaluation, model.Group.name, model.Group.title, agencies.TITLES)
        .join(model.Group, model.Group.id == Evaluation.agency_id)
        .where(Evaluation.period_id == one.id, Evaluation.state == "published")
    )
    if kind:
        query = query.where(Evaluation.kind == kind)
    rows = {row[0].id: row for row in model.Session.execute(query)}
    groups: dict[str, list[league.Entry]] = {}
    for row in rows.values():
        score = None if row[0].score is None else Fraction(row[0].score)
        groups.setdefault(row[0].kind, []).append(league.Entry(row[0].id, score, row[0].low, row[0].high))
    ranked = (place for name in Kind for place in league.places(groups.get(name, [])))
    return [_ranked(rows[place.agency_id], place) for place in ranked]


def standing(evaluation: Evaluation) -> dict[str, Any]:
    """The place of one published evaluation among its peers, and how many these are."""
    columns = (Evaluation.id, Evaluation.score, Evaluation.low, Evaluation.high)
    peers = sa.select(*columns).where(
        Evaluation.period_id == evaluation.period_id,
        Evaluation.state == "published",
        Evaluation.kind == evaluation.kind,
    )
    entries = [
        league.Entry(one.id, None if one.score is None else Fraction(one.score), one.low, one.high)
        for one in model.Session.execute(peers)
    ]
    found = next((one for one in league.places(entries) if one.agency_id == evaluation.id), None)
    names = ("place", "tied", "best", "worst")
    return {name: getattr(found, name, None) for name in names} | {"peers": len(entries)}


def _ranked(row: Any, place: league.Place) -> dict[str, Any]:
    evaluation = row[0]
    return {
        "id": evaluation.id,
        "agency_id": evaluation.agency_id,
        "agency": row[1],
        "title": agencies.shown_title(*row[1:4]),
        "kind": evaluation.kind,
        "region": evaluation.region,
        "place": place.place,
        "tied": place.tied,
        "best": place.best,
        "worst": place.worst,
        "score": None if place.score is None else str(place.score),
        "low": _bound(evaluation.low),
        "high": _bound(evaluation.high),
        "blocks": {key: None if v is None else shown(Fraction(v)) for key, v in evaluation.blocks.items()},
    }


def ended(one: Period) -> list[dict[str, Any]]:
    """Agencies of a period that were merged or abolished in it, with the reason."""
    query = (
        sa.select(Evaluation, model.Group.name, model.Group.title, agencies.TITLES)
        .join(model.Group, model.Group.id == Evaluation.agency_id)
        .where(Evaluation.period_id == one.id, Evaluation.state == "ended")
    )
    return [
        {
            "agency": row[1],
            "title": agencies.shown_title(*row[1:4]),
            "ended_on": row[0].ended_on.isoformat(),
            "reason": row[0].end_reason,
            "successor": _agency(row[0].successor_id) if row[0].successor_id else None,
        }
        for row in model.Session.execute(query)
    ]


def _agency(agency_id: str) -> dict[str, str]:
    group = model.Group.get(agency_id)
    if group is None:
        return {"id": agency_id, "name": "", "title": agency_id}
    title = agencies.shown_title(group.name, group.title, (group.extras or {}).get("title_translated"))
    return {"id": group.id, "name": group.name, "title": title}


def explained(evaluation: Evaluation, one: Period) -> dict[str, Any]:
    """Why the score is what it is: every step, top down, exact and as shown; and what would raise it most."""
    tree = stored.tree(one.framework_id)
    result = scoring.result(evaluation, one)
    facts = snapshots.of_agency(one.id, evaluation.agency_id)
    return {
        "id": evaluation.id,
        "agency": _agency(evaluation.agency_id),
        "kind": evaluation.kind,
        "state": evaluation.state,
        "period": period(one),
        "standing": standing(evaluation),
        "periods": published_of(evaluation.agency_id),
        "score": shown(result.score),
        "exact": None if result.score is None else str(result.score),
        "low": _bound(result.low),
        "high": _bound(result.high),
        "steps": _steps(evaluation, tree, result, facts),
        "gains": [
            {"key": key, "title": pick(tree.indicators()[key].title), "gain": shown(gain)}
            for key, gain in result.gains()[:GAINS]
        ],
    }


def published_of(agency_id: str) -> list[dict[str, Any]]:
    """The periods of which the agency's evaluation is published, newest first."""
    query = (
        sa.select(Period.name, Period.title)
        .join(Evaluation, Evaluation.period_id == Period.id)
        .where(Evaluation.agency_id == agency_id, Evaluation.state == "published")
        .order_by(Period.ends_on.desc(), Period.name)
    )
    return [{"name": name, "title": pick(title)} for name, title in model.Session.execute(query)]


def nodes(tree: Tree) -> dict[str, Branch | Indicator]:
    """Key → node, in the order of the tree."""
    found: dict[str, Branch | Indicator] = {}

    def walk(children: Sequence[Branch | Indicator]) -> None:
        for child in children:
            found[child.key] = child
            if isinstance(child, Branch):
                walk(child.children)

    walk(tree.blocks)
    return found


def _steps(evaluation: Evaluation, tree: Tree, result: Result, facts: Mapping[str, Fact]) -> list[dict[str, Any]]:
    known, rows = nodes(tree), scoring.rows(evaluation.id)
    proofs = evidence.of(evaluation.id)
    objections = {
        one.indicator: one
        for one in model.Session.scalars(sa.select(Objection).where(Objection.evaluation_id == evaluation.id))
    }
    automatic = registry.indicators()
    steps = []
    for step in result.steps:
        node = known[step.key]
        shown_step = _step(step, node)
        if isinstance(node, Indicator):
            shown_step |= _leaf(node, rows.get(node.key), facts.get(node.automatic or ""))
            shown_step["for_others"] = Kind(evaluation.kind) not in node.kinds
            shown_step["evidence"] = [_proof(one) for one in proofs.get(node.key, [])]
            shown_step["objection"] = _objection(objections.get(node.key))
            shown_step["warning"] = _warns(step, automatic.get(node.automatic or ""))
        steps.append(shown_step)
    return steps


def _step(step: Step, node: Branch | Indicator) -> dict[str, Any]:
    return {
        "key": step.key,
        "level": step.level,
        "parent": step.parent,
        "title": pick(node.title),
        "weight": str(node.weight.normalize() if node.weight % 10 else node.weight.to_integral()),
        "applied": shown(step.applied, 2),
        "status": str(step.status),
        "number": shown(step.number, 2),
        "points": shown(step.points, 2),
        "exact": None if step.points is None else str(step.points),
        "contribution": shown(step.contribution, 2),
    }


def _leaf(node: Indicator, row: Any, fact: Fact | None) -> dict[str, Any]:
    return {
        "unit": node.unit,
        "about": pick(node.about),
        "basis": pick(node.basis),
        "scale": str(node.scale),
        "direction": str(node.direction),
        "source": str(node.source),
        "target": None if node.target is None else str(node.target),
        "floor": None if node.floor is None else str(node.floor),
        "bounds": [[str(bound), str(points)] for bound, points in node.steps],
        "automatic": node.automatic,
        "cases": fact.cases if fact else None,
        "numerator": fact.numerator if fact else None,
        "whole": fact.whole if fact else None,
        "revision": row.revision if row else 0,
        "claim_status": row.claim_status if row else None,
        "claim": None if row is None or row.claim is None else format(row.claim.normalize(), "f"),
        "claim_note": row.claim_note if row else None,
        "set": bool(row and row.status),
        "set_at": row.set_at.isoformat() if row and row.set_at else None,
        "reason": row.reason if row else None,
    }


def _proof(one: Any) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "url": one.url,
        "file_name": one.file_name,
        "size": one.size,
        "sha256": one.sha256,
        "state": evidence.state(one, thorough=False),
    }


def _objection(one: Objection | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"text": one.text, "at": one.made_at.isoformat(), "decision": one.decision, "reason": one.reason}


def _warns(step: Step, indicator: Any) -> bool:
    """Whether the value is so high that the reader is warned: answers that are mostly copies of each other."""
    return bool(indicator and indicator.warn_from is not None and step.number and step.number >= indicator.warn_from)


def trend(agency_id: str, framework: str) -> list[dict[str, Any]]:
    """An agency's published scores under a framework, oldest first; ``break`` where the version is another one."""
    query = (
        sa.select(Evaluation, Period)
        .join(Period, Period.id == Evaluation.period_id)
        .where(Evaluation.agency_id == agency_id, Evaluation.state == "published", Period.framework_name == framework)
        .order_by(Period.ends_on)
    )
    found: list[dict[str, Any]] = []
    before = None
    for evaluation, one in model.Session.execute(query):
        found.append(
            {
                "period": one.name,
                "title": pick(one.title),
                "ends_on": one.ends_on.isoformat(),
                "score": None if evaluation.score is None else shown(Fraction(evaluation.score)),
                "low": _bound(evaluation.low),
                "high": _bound(evaluation.high),
                "break": before is not None and before != one.framework_id,
            }
        )
        before = one.framework_id
    return found


def find(agency: Any, reference: Any = None) -> tuple[Evaluation, Period]:
    """The published evaluation of an agency: of the period that is named, else its newest.

    :raises ObjectNotFound: when there is none
    """
    found = agencies.find(agency) if isinstance(agency, str) and agency else None
    query = sa.select(Evaluation, Period).join(Period, Period.id == Evaluation.period_id)
    query = query.where(Evaluation.state == "published", Evaluation.agency_id == (found.id if found else ""))
    if reference:
        query = query.where(sa.or_(Period.name == str(reference), Period.id == str(reference)))
    row = model.Session.execute(query.order_by(Period.ends_on.desc(), Period.name).limit(1)).first()
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no published evaluation of this agency."))
    return row[0], row[1]
