"""One step of a request on its way: the conditions that the table names, and what each event writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
import yaml

from ckanext.opengov.civic.service import agencies
from ckanext.opengov.civic.service.discussion import texts
from ckanext.opengov.civic.service.discussion.masking import public_copy
from ckanext.opengov.data.model.requests import DataRequest
from ckanext.opengov.data.service.requests import supporting
from ckanext.opengov.data.service.requests.people import Person
from ckanext.opengov.data.service.requests.states import OPEN

REASON_LENGTH = 2_000
ANSWER_LENGTH = 10_000
SHORTEST_REASON = 10
MOST_DATASETS = 20
REASONS = Path(__file__).resolve().parents[2] / "refusal_reasons.yaml"


@cache
def legal_reasons() -> dict[str, dict[str, dict[str, str]]]:
    """Why publication may be refused: key → title and basis by language."""
    return yaml.safe_load(REASONS.read_text(encoding="utf-8"))


@dataclass
class Step:
    """An event that happens to a locked request. ``public`` and ``internal`` go into the journal."""

    request: DataRequest
    event: str
    person: Person
    data: Mapping[str, Any]
    moment: dt.datetime
    public: dict[str, Any] = field(default_factory=dict)
    internal: dict[str, Any] = field(default_factory=dict)


Part = Callable[[Step], None]


def refuse(field_name: str, message: str) -> None:
    """:raises ValidationError: always"""
    raise tk.ValidationError({field_name: [message]})


def reason(step: Step) -> str:
    """The reason of a decision, which the public reads: masked.

    :raises ValidationError: when there is none, or only a word
    """
    text = texts.check("reason", step.data.get("reason") or "", REASON_LENGTH)
    if len(text) < SHORTEST_REASON:
        refuse("reason", tk._("Say why in a sentence or two: everybody reads it."))
    return public_copy(text).text


def agency(step: Step) -> model.Group:
    """The agency that a step leads to.

    :raises ValidationError: when there is none
    """
    found = agencies.find(str(step.data.get("agency") or ""))
    if found is None:
        raise tk.ValidationError({"agency": [tk._("There is no such agency. Choose one that works on the portal.")]})
    return found


def datasets(step: Step) -> list[str]:
    """The ids of the data sets that an answer leads to.

    :raises ValidationError: naming each reference that is no public data set
    """
    given = step.data.get("datasets") or []
    given = [given] if isinstance(given, str) else given
    if not isinstance(given, list) or not given or len(given) > MOST_DATASETS:
        message = tk._("Name the published data sets: 1 to {limit} addresses or names.")
        raise tk.ValidationError({"datasets": [message.format(limit=MOST_DATASETS)]})
    found = {reference: _dataset(reference) for reference in map(_name_of, given)}
    wrong = [reference for reference, package in found.items() if package is None]
    if wrong:
        message = tk._("There is no public data set “{name}”. Publish it first, then answer with its address.")
        raise tk.ValidationError({"datasets": [message.format(name=str(one)[:100]) for one in wrong]})
    return list(dict.fromkeys(package.id for package in found.values() if package))


def _name_of(reference: Any) -> str:
    """The name in an address such as ``https://portal/ru/dataset/schools``; a name stays as it is."""
    text = str(reference).strip().split("?")[0].split("#")[0].rstrip("/")
    return text.rpartition("/dataset/")[2] or text


def _dataset(reference: str) -> model.Package | None:
    found = model.Package.get(reference) if reference else None
    is_public = found is not None and found.type == "dataset" and found.state == "active" and not found.private
    return found if is_public else None


def another(step: Step) -> DataRequest:
    """The request that says the same.

    :raises ValidationError: when there is none that everybody sees, or it is this one, or joined itself
    """
    given = str(step.data.get("other") or "").strip().rpartition("/")[2].lower()
    query = sa.select(DataRequest).where(DataRequest.number == given, DataRequest.visibility == "public")
    found = model.Session.scalar(query.with_for_update())
    if found is None or found.id == step.request.id:
        raise tk.ValidationError(
            {"other": [tk._("Give the number of another public request, such as dr-2026-000017.")]}
        )
    if found.state in ("duplicate", "withdrawn"):
        message = tk._("Request {number} is not open itself. Join this one with the request that it leads to.")
        raise tk.ValidationError({"other": [message.format(number=found.number)]})
    return found


def text(step: Step) -> str:
    """The text of an answer as everybody reads it; empty when there is none."""
    given = step.data.get("text") or ""
    return public_copy(texts.check("text", given, ANSWER_LENGTH)).text if given else ""


# --- conditions


def has_reason(step: Step) -> None:
    reason(step)


def to_agency(step: Step) -> None:
    agency(step)


def to_other_agency(step: Step) -> None:
    if agency(step).id == step.request.agency_id:
        refuse("agency", tk._("The request is with this agency already. Choose another one."))


def with_datasets(step: Step) -> None:
    datasets(step)


def has_legal_reason(step: Step) -> None:
    known = legal_reasons()
    if step.data.get("legal_reason") not in known:
        message = tk._("Choose the legal reason of the refusal: {known}.")
        refuse("legal_reason", message.format(known=", ".join(known)))


def has_text(step: Step) -> None:
    if len(text(step)) < SHORTEST_REASON:
        refuse("text", tk._("Explain the refusal in a sentence or two: everybody reads it."))


def with_another(step: Step) -> None:
    another(step)


GUARDS: Mapping[str, Part] = {
    guard.__name__: guard
    for guard in (
        has_reason,
        to_agency,
        to_other_agency,
        with_datasets,
        has_legal_reason,
        has_text,
        with_another,
    )
}


# --- effects


def _accept(step: Step) -> None:
    step.request.visibility, step.request.hidden_reason = "public", None


def _hide(step: Step) -> None:
    step.request.visibility, step.request.hidden_reason = "hidden", reason(step)
    step.public["reason"] = step.request.hidden_reason


def _give(step: Step) -> None:
    found = agency(step)
    step.internal["from"] = step.request.agency_id
    step.request.agency_id = found.id
    step.public |= {"agency": found.title or found.name, "agency_id": found.id}
    if step.data.get("reason"):
        step.public["reason"] = reason(step)


def _answer(step: Step) -> None:
    step.request.answer = text(step)
    step.request.answer_language = texts.check_language(step.data.get("language") or step.request.language)


def _publish(step: Step) -> None:
    _answer(step)
    step.request.datasets = datasets(step)
    step.request.legal_reason = None
    step.public["datasets"] = step.request.datasets


def _refuse(step: Step) -> None:
    _answer(step)
    key = str(step.data["legal_reason"])
    step.request.legal_reason = key
    step.public["legal_reason"] = key


def _join(step: Step) -> None:
    _answer(step)
    other = another(step)
    step.request.joined_with = other.id
    step.public["other"] = other.number
    model.Session.flush()
    if other.state in OPEN:
        supporting.move(step.request, other)


def _nothing(_step: Step) -> None:
    """The state alone changes."""


EFFECTS: Mapping[str, Part] = {
    "moderate_accept": _accept,
    "moderate_hide": _hide,
    "assign": _give,
    "forward": _give,
    "publish": _publish,
    "refuse": _refuse,
    "join": _join,
    "withdraw": _nothing,
}
