"""Items of lists: made, changed, linked, and brought from state to state by one function. Nothing here commits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import journal, officers, wording
from ckanext.opengov.civic.service.discussion import texts
from ckanext.opengov.data.model.lists import ListItem
from ckanext.opengov.data.service.lists.criteria import FREQUENCIES, criteria, missing
from ckanext.opengov.data.service.lists.states import DRAFTS, IN_FORCE, STATES, TYPE, find

LANGUAGES = ("kk", "ru", "en")
TITLE_LENGTH = 300
REASON_LENGTH = 2_000
SHORTEST_REASON = 10
FIELDS = ("title", "frequency", "due_on", "criteria")
FIRST_YEAR, LAST_YEAR = 2010, 2100


@dataclass(frozen=True)
class Change:
    """What happens to an item: the event, who does it, why."""

    event: str
    actor: str | None
    reason: str = ""


def check(values: Mapping[str, Any], *, whole: bool) -> dict[str, Any]:
    """The fields of an item, as they may be stored.

    :param whole: whether every field must be there, as in a new item
    :raises ValidationError: with all that is wrong, by field
    """
    readers: Mapping[str, Callable[[Any], Any]] = {
        "title": _title,
        "frequency": _frequency,
        "due_on": _day,
        "criteria": _criteria,
    }
    found: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for name, read in readers.items():
        if name not in values and not whole:
            continue
        try:
            found[name] = read(values.get(name))
        except tk.ValidationError as error:
            errors.update(error.error_dict)
    if errors:
        raise tk.ValidationError(errors)
    return found


def _title(value: Any) -> dict[str, str]:
    given = value if isinstance(value, Mapping) else {}
    found = {code: " ".join(texts.clean(str(given.get(code) or "")).split()) for code in LANGUAGES}
    lacking = [code for code, text in found.items() if not text]
    if lacking:
        message = tk._("Write the title in all three languages; missing: {languages}.")
        raise tk.ValidationError({"title": [message.format(languages=", ".join(lacking))]})
    if any(len(text) > TITLE_LENGTH for text in found.values()):
        raise tk.ValidationError({"title": [tk._("At most {limit} characters.").format(limit=TITLE_LENGTH)]})
    return found


def _frequency(value: Any) -> str:
    if value not in FREQUENCIES:
        message = tk._("Choose the kind of update from: {known}.")
        raise tk.ValidationError({"frequency": [message.format(known=", ".join(FREQUENCIES))]})
    return value


def _day(value: Any) -> dt.date:
    try:
        found = value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value or ""))
    except ValueError:
        found = dt.date.min
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        message = tk._("Give the date as year-month-day, such as {example}.")
        raise tk.ValidationError({"due_on": [message.format(example="2026-12-31")]})
    return found


def _criteria(value: Any) -> list[str]:
    given = [] if value is None else value
    known = criteria()
    if not isinstance(given, list) or any(one not in known for one in given):
        message = tk._("Choose the criteria from: {known}.")
        raise tk.ValidationError({"criteria": [message.format(known=", ".join(known))]})
    return [key for key in known if key in given]


def dataset(reference: Any, agency_id: str) -> model.Package | None:
    """The public data set of the agency that an item is linked to; None for no link.

    :raises ValidationError: when there is no such one, or it is not public, or another agency's
    """
    text = str(reference or "").strip().split("?")[0].rstrip("/")
    name = text.rpartition("/dataset/")[2] or text
    if not name:
        return None
    found = model.Package.get(name)
    if found is None or found.type != "dataset" or found.state != "active" or found.private:
        message = tk._("There is no public data set “{name}”.").format(name=name[:100])
        raise tk.ValidationError({"dataset": [message]})
    if found.owner_org != agency_id:
        message = tk._("The data set “{name}” belongs to another agency.").format(name=found.name)
        raise tk.ValidationError({"dataset": [message]})
    return found


def check_reason(reason: object) -> str:
    """:raises ValidationError: when there is no reason, or only a word"""
    found = texts.clean(str(reason or ""))
    if not SHORTEST_REASON <= len(found) <= REASON_LENGTH:
        raise tk.ValidationError({"reason": [tk._("Say why in a sentence or two: everybody reads it.")]})
    return found


def lock_list(agency_id: str) -> None:
    """Whoever else changes this list waits."""
    key = sa.func.hashtextextended(f"{TYPE}:{agency_id}", 0)
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def locked(agency_id: str, numbers: Collection[int] | None = None) -> list[ListItem]:
    """The items of a locked list as they stand now, by number; those that were taken out are left out."""
    conditions = [ListItem.agency_id == agency_id, ListItem.state != "removed"]
    if numbers is not None:
        conditions.append(ListItem.number.in_(numbers))
    query = sa.select(ListItem).where(*conditions).order_by(ListItem.number)
    return list(model.Session.scalars(query.execution_options(populate_existing=True)))


def get(item_id: str) -> ListItem:
    """:raises ObjectNotFound: when there is no such item"""
    found = model.Session.get(ListItem, item_id)
    if found is None or found.state == "removed":
        raise tk.ObjectNotFound(tk._("There is no such item."))
    return found


def create(agency_id: str, values: Mapping[str, Any], actor: str | None) -> tuple[ListItem, journal.Happening]:
    """A draft at the end of a locked list."""
    last = model.Session.scalar(sa.select(sa.func.max(ListItem.number)).where(ListItem.agency_id == agency_id))
    now = utc_now()
    item = ListItem(
        id=str(uuid4()),
        agency_id=agency_id,
        number=(last or 0) + 1,
        state="draft",
        created_at=now,
        changed_at=now,
        **values,
    )
    model.Session.add(item)
    model.Session.flush()
    return item, _happening(item, Change("create", actor), _plain(item))


def move(item: ListItem, change: Change, values: Mapping[str, Any] | None = None) -> journal.Happening:
    """Let an event happen to an item of a locked list.

    :param values: the fields that change, checked
    :raises ValidationError: when it cannot happen in the item's state, or a condition is not met
    """
    rule = find(item.state, change.event)
    if rule is None:
        message = tk._("Item {number}: this is not possible in the state “{state}”.")
        raise tk.ValidationError({"event": [message.format(number=item.number, state=tk._(STATES[item.state]))]})
    if change.event in ("amend", "decline") and not values and not item.proposal:
        message = tk._("Item {number}: no change is proposed.")
        raise tk.ValidationError({"event": [message.format(number=item.number)]})
    proposed = item.proposal if change.event == "amend" and not values else None
    reason = change.reason or (proposed or {}).get("reason", "")
    if rule.needs_reason:
        reason = check_reason(reason)
    before = _plain(item)
    _apply(item, change.event, reason, values, proposed)
    item.state = rule.then
    item.changed_at = utc_now()
    after = _plain(item)
    more: dict[str, Any] = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    if change.event == "propose":
        more["proposal"] = item.proposal
    return _happening(item, Change(change.event, change.actor, reason), more)


def _apply(
    item: ListItem, event: str, reason: str, values: Mapping[str, Any] | None, proposed: Mapping[str, Any] | None
) -> None:
    if event in ("agree", "approve"):
        _is_ready(item)
    if event == "propose":
        item.proposal = {"values": _stored(values or {}), "reason": reason}
        return
    for name, value in (values or check((proposed or {}).get("values", {}), whole=False)).items():
        setattr(item, name, value)
    if event in ("amend", "decline", "exclude"):
        item.proposal = None
    if event in ("agree", "return"):
        item.returned = reason if event == "return" else None


def _is_ready(item: ListItem) -> None:
    lacking = missing(item.criteria)
    if lacking:
        known, language = criteria(), wording.current()
        message = tk._("Item {number}: these criteria are not met yet: {criteria}.")
        shown = "; ".join(wording.pick(known[key]["title"], language) for key in lacking)
        raise tk.ValidationError({"criteria": [message.format(number=item.number, criteria=shown)]})


def link(item: ListItem, package: model.Package | None, actor: str | None) -> journal.Happening | None:
    """Tell which data set an item has become; None when nothing changes."""
    wanted = package.id if package else None
    if wanted == item.dataset_id:
        return None
    item.linked_on = None if package is None else item.linked_on or officers.today()
    item.dataset_id = wanted
    item.changed_at = utc_now()
    return _happening(item, Change("link", actor), {"dataset": package.name if package else None})


def reason_of(happening: journal.Happening) -> str:
    """Why it happened; that of the proposal when one was accepted."""
    return str((happening.public or {}).get("reason", ""))


def differing(item: ListItem, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that are not the item's own."""
    return {name: value for name, value in values.items() if getattr(item, name) != value}


def event_for(item: ListItem, is_approver: bool) -> str:
    """What a change of an item's fields is, by its state and who makes it."""
    if item.state in IN_FORCE:
        return "amend" if is_approver else "propose"
    return "change"


def record(happenings: Sequence[journal.Happening | None]) -> None:
    """Write what happened into the journal of the list."""
    model.Session.flush()
    journal.record_many(one for one in happenings if one is not None)


def _plain(item: ListItem) -> dict[str, Any]:
    return _stored({name: getattr(item, name) for name in FIELDS})


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()}


def _happening(item: ListItem, change: Change, more: Mapping[str, Any]) -> journal.Happening:
    public: dict[str, Any] = {"number": item.number, "item": item.id}
    if change.reason:
        public["reason"] = change.reason
    event = f"data_list.{change.event}"
    # What stands in a draft is not for the public yet: it has a journal of its own.
    is_draft = change.event in ("create", "change", "remove") or (change.event == "link" and item.state == "draft")
    if is_draft:
        return journal.Happening(DRAFTS, item.agency_id, event, change.actor, public, dict(more))
    return journal.Happening(TYPE, item.agency_id, event, change.actor, {**public, **more})
