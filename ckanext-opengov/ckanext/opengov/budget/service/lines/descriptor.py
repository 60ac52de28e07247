"""The mapping that a Fiscal Data Package gives: by column types (0.4 and later) or by measures and dimensions (0.3).

Fiscal Data Package, specs.frictionlessdata.io/fiscal-data-package; the older form is that of OpenSpending. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ckanext.opengov.budget.service.lines.axes import ANY, AXES, LANGUAGES, PHASES
from ckanext.opengov.budget.service.lines.finding import fault
from ckanext.opengov.budget.service.lines.proposing import Proposal
from ckanext.opengov.civic.service.refusal import N_

# The kind of a dimension in a package → our axis; a kind of its own is tried before the name.
KINDS = {
    "functional": "functional",
    "administrative": "administrative",
    "economic": "economic",
    "activity": "programme",
    "program": "programme",
    "fundingsource": "source",
    "fin-source": "source",
    "location": "region",
    "geo": "region",
    "geo-source": "region",
    "cofog": "cofog",
}
# Our axis → what column types call it.
TYPES = {
    "functional": "functional-classification:generic",
    "cofog": "functional-classification:cofog",
    "administrative": "administrative-classification:generic",
    "economic": "economic-classification:generic",
    "programme": "activity:generic",
    "source": "fin-source:generic",
    "region": "geo:generic",
}
_DIRECTIONS = {"expenditure": "expenditure", "revenue": "revenue"}
_YEAR = re.compile(r"^((?:19|20)\d{2})(?:[-/]\d{2,4})?$")


def resource_of(descriptor: Mapping[str, Any]) -> Mapping[str, Any]:
    """The table of the package.

    :raises Faulty: when it has none, or several
    """
    resources = descriptor.get("resources")
    if not isinstance(resources, list) or len(resources) != 1 or not isinstance(resources[0], dict):
        raise fault("mapping", N_("A budget's package has one resource: the table of its lines."))
    return resources[0]


def mapping_of(descriptor: Any, proposal: Proposal) -> Proposal:
    """The mapping of a descriptor; what it leaves open is as the columns propose.

    :raises Faulty: when it is no Fiscal Data Package
    """
    if not isinstance(descriptor, dict):
        raise fault("mapping", N_("The descriptor is a JSON object."))
    resource = resource_of(descriptor)
    fields = (resource.get("schema") or {}).get("fields") or []
    if any(isinstance(one, dict) and one.get("columnType") for one in fields):
        return _by_types(fields, proposal)
    document = descriptor.get("mapping")
    if isinstance(document, dict) and document.get("measures"):
        return _by_measures(document, proposal)
    text = N_("The descriptor says nothing of measures and dimensions: it is no Fiscal Data Package.")
    raise fault("mapping", text)


# --- measures and dimensions


def _by_measures(document: Mapping[str, Any], proposal: Proposal) -> Proposal:
    amounts, currency = [], None
    for name, measure in document["measures"].items():
        measure = measure if isinstance(measure, dict) else {"source": measure}
        amounts.append(_amount(name, measure))
        currency = currency or measure.get("currency")
    made: dict[str, Any] = {"axes": {}, "amounts": amounts}
    for name, dimension in (document.get("dimensions") or {}).items():
        _dimension(made, name, dimension if isinstance(dimension, dict) else {})
    return _finished(made, proposal, currency)


def _amount(name: str, measure: Mapping[str, Any]) -> dict[str, Any]:
    one: dict[str, Any] = {"column": measure.get("source") or name}
    if measure.get("factor") not in (None, 1):
        one["factor"] = str(measure["factor"])
    year = _YEAR.match(str(one["column"]))
    one |= {"year": int(year[1])} if year else {}
    one |= {"phase": measure["phase"]} if measure.get("phase") in PHASES else {}
    one |= {"direction": measure["direction"]} if measure.get("direction") in _DIRECTIONS else {}
    return one


def _dimension(made: dict[str, Any], name: str, dimension: Mapping[str, Any]) -> None:
    attributes = dimension.get("attributes") or {}
    if name == "date" or dimension.get("dimensionType") in {"date", "datetime"}:
        for key, one in attributes.items():
            if key in {"year", "month"}:
                made[key] = {"column": one.get("source")}
        return
    axis = KINDS.get(str(dimension.get("classificationType", "")).lower())
    axis = axis or KINDS.get(str(dimension.get("dimensionType", "")).lower())
    if axis is None or axis in made["axes"]:
        return
    steps = _steps(attributes)
    made["axes"][axis] = dict(zip((level.key for level in AXES[axis].levels), steps, strict=False))


def _steps(attributes: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Codes from the widest to the narrowest, each with the attribute that is its label."""
    labels = {one["labelfor"]: one["source"] for one in attributes.values() if one.get("labelfor")}
    codes = {key: one for key, one in attributes.items() if not one.get("labelfor")}
    for key in sorted(codes, key=lambda one: _ancestors(codes, one)):
        step: dict[str, Any] = {"code": codes[key].get("source")}
        yield step | ({"name": {ANY: labels[key]}} if key in labels else {})


def _ancestors(codes: Mapping[str, Any], key: str) -> int:
    count, seen = 0, {key}
    while (parent := codes.get(key, {}).get("parent")) in codes and parent not in seen:
        seen.add(parent)
        count, key = count + 1, parent
    return count


# --- column types


def _by_types(fields: list[Mapping[str, Any]], proposal: Proposal) -> Proposal:
    made: dict[str, Any] = {"axes": {}, "amounts": []}
    currency = None
    for one in fields:
        kind, name = str(one.get("columnType") or ""), one["name"]
        if kind == "value" or kind.startswith("value:"):
            made["amounts"].append(_typed_amount(one))
            currency = currency or one.get("currency")
        elif kind in {"date:fiscal-year", "date:year"}:
            made["year"] = {"column": name}
        elif kind in {"date:month", "date:fiscal:month"}:
            made["month"] = {"column": name}
        elif kind.startswith("phase"):
            made["phase"] = {"column": name}
        elif kind.startswith(("direction", "expenditure-type")):
            made["direction"] = {"column": name}
        else:
            _typed_step(made, kind, name, str(one.get("lang") or ANY))
    made["axes"] = {axis: _placed(axis, steps) for axis, steps in made["axes"].items()}
    return _finished(made, proposal, currency)


def _typed_amount(one: Mapping[str, Any]) -> dict[str, Any]:
    amount = {"column": one["name"]}
    for key in ("year", "phase", "direction", "factor"):
        amount |= {key: one[key]} if one.get(key) else {}
    return amount


def _typed_step(made: dict[str, Any], kind: str, name: str, language: str) -> None:
    axis = next((axis for axis, prefix in TYPES.items() if kind.startswith(f"{prefix}:")), None)
    if axis is None:
        return
    parts = kind.removeprefix(f"{TYPES[axis]}:").split(":")
    step = made["axes"].setdefault(axis, {}).setdefault(parts[0], {})
    if parts[-1] == "label":
        step.setdefault("name", {})[language if language in LANGUAGES else ANY] = name
    else:
        step["code"] = name


def _placed(axis: str, steps: Mapping[str, Any]) -> dict[str, Any]:
    """Steps by our keys: as they are called, else in their order."""
    keys = [level.key for level in AXES[axis].levels]
    if set(steps) <= set(keys):
        return dict(steps)
    return dict(zip(keys, (steps[name] for name in sorted(steps)), strict=False))


def _finished(made: dict[str, Any], proposal: Proposal, currency: str | None) -> Proposal:
    axes = {axis: steps for axis, steps in made["axes"].items() if any(steps.values())}
    described = {"axes", "amounts", "year", "month", "phase", "direction"}
    guessed = {key: value for key, value in proposal.mapping.items() if key not in described}
    # A package may leave dimensions without a kind; then the names of the columns say it.
    others = {axis: steps for axis, steps in proposal.mapping["axes"].items() if axis not in axes}
    used = {column for steps in axes.values() for step in steps.values() for column in _columns_of(step)}
    others = {
        axis: steps
        for axis, steps in others.items()
        if not used & {column for step in steps.values() for column in _columns_of(step)}
    }
    document = {**guessed, **made, "axes": {**axes, **others}}
    document |= {"currency": currency} if currency else {}
    taken = used | {one["column"] for one in made["amounts"]}
    taken |= {column for steps in others.values() for step in steps.values() for column in _columns_of(step)}
    keep = [name for name in proposal.mapping.get("keep", []) if name not in taken]
    document = {**document, "keep": keep} if keep else {k: v for k, v in document.items() if k != "keep"}
    asked = {"decimal", "excel_dates", "missing"}
    questions = [one for one in proposal.questions if one.part in asked or one.part.startswith("widths.")]
    return Proposal(document, questions)


def _columns_of(step: Any) -> list[str]:
    return [name for name in (step.get("code"), *(step.get("name") or {}).values()) if name] if step else []
