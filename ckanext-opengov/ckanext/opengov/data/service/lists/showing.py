"""Lists and their items as readers get them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service import wording
from ckanext.opengov.data import labels
from ckanext.opengov.data.model.lists import ListItem
from ckanext.opengov.data.service import agencies
from ckanext.opengov.data.service.lists import standing
from ckanext.opengov.data.service.lists.criteria import criteria
from ckanext.opengov.data.service.lists.standing import Figures, Standing
from ckanext.opengov.data.service.lists.states import SHOWN, STATES
from ckanext.opengov.data.service.translated import sort_key


def agency(agency_id: str) -> dict[str, str]:
    """An agency's id, name and title in the reader's language."""
    return agencies_of([agency_id])[0]


def agencies_of(ids: Iterable[str]) -> list[dict[str, str]]:
    """Agencies by title in the reader's language."""
    wanted = list(ids)
    texts, language = agencies.titles(wanted), wording.current()
    query = sa.select(model.Group.id, model.Group.name, model.Group.title).where(
        model.Group.id.in_(wanted), model.Group.state == "active"
    )
    found = [
        {"id": id_, "name": name, "title": wording.pick(texts.get(id_, {}), language) or title or name}
        for id_, name, title in model.Session.execute(query)
    ]
    return sorted(found, key=lambda one: sort_key(one["title"]))


def item(one: Standing, *, is_inside: bool) -> dict[str, Any]:
    """One item; what is proposed and why it was given back is for officers."""
    found, language = one.item, wording.current()
    shown = {
        "id": found.id,
        "number": found.number,
        "state": found.state,
        "state_title": tk._(STATES[found.state]),
        "title_translated": found.title,
        "title": wording.pick(found.title, language),
        "frequency": found.frequency,
        "frequency_title": labels.choice("frequency", found.frequency, language),
        "due_on": found.due_on.isoformat(),
        "criteria": found.criteria,
        "dataset": one.dataset_name,
        "dataset_title": one.dataset_title,
        "updated_on": one.updated_on.isoformat() if one.updated_on else None,
        "next_due": one.next_due.isoformat() if one.next_due and one.is_binding else None,
        "days_late": one.days_late,
        "standing": one.mark,
    }
    if is_inside:
        shown |= {"proposal": found.proposal, "returned": found.returned}
    return shown


def figures(one: Figures) -> dict[str, Any]:
    """A list in numbers; ``score`` from 0 to 1."""
    return {
        "items": one.items,
        "published": one.published,
        "late": one.late,
        "waiting": one.waiting,
        "score": round(one.score, 4) if one.score is not None else None,
    }


def full(agency_id: str, *, is_inside: bool) -> dict[str, Any]:
    """A list with its items and numbers.

    :param is_inside: whether drafts are shown too
    """
    states = ("draft", *SHOWN) if is_inside else SHOWN
    found = standing.of_agency(agency_id, states)
    numbers = next(iter(standing.figures(agency_id)), Figures(agency_id, 0, 0, 0, 0))
    return {
        "agency": agency(agency_id),
        "items": [item(one, is_inside=is_inside) for one in found],
        "figures": figures(numbers),
    }


def overview() -> list[dict[str, Any]]:
    """Every agency that has a list, with its numbers, by title."""
    counted = {one.agency_id: one for one in standing.figures()}
    shown = sa.select(ListItem.agency_id).where(ListItem.state.in_(SHOWN)).distinct()
    ids = set(model.Session.scalars(shown))
    return [
        {"agency": one, "figures": figures(counted.get(one["id"], Figures(one["id"], 0, 0, 0, 0)))}
        for one in agencies_of(ids)
    ]


def checklist() -> list[dict[str, Any]]:
    """The criteria in the reader's language."""
    language = wording.current()
    return [
        {"key": key, "title": wording.pick(one["title"], language), "required": one["required"]}
        for key, one in criteria().items()
    ]
