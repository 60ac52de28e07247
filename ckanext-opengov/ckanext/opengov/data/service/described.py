"""The tables of a data set with what people and programs must know of them: fields, labels, units, key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import ckan.model as model

from ckanext.opengov.data import display, language, store
from ckanext.opengov.data.service import keyed
from ckanext.opengov.data.service.agencies import loaded
from ckanext.opengov.data.service.query import SECONDS, reading

# The languages in which a label is looked for after the reader's own.
_ORDER = ("kk", "ru", "en")


@dataclass(frozen=True)
class Table:
    """``columns`` are names and PostgreSQL's types; ``labels`` are in the reader's language, names where there is none.

    ``points`` are the fields that hold places.
    """

    resource_id: str
    title: str
    columns: Mapping[str, str]
    labels: Mapping[str, str]
    units: Mapping[str, str]
    key: tuple[str, ...] = ()
    has_history: bool = False
    points: tuple[str, ...] = ()

    def label(self, name: str) -> str:
        """What a field is called."""
        return self.labels.get(name) or name


def has_table(resource: Any) -> bool:
    """Whether a resource (of the model) is read by ``data_query``."""
    if resource.state != model.State.ACTIVE:
        return False
    return bool((resource.extras or {}).get("datastore_active")) or keyed.get(resource.id) is not None


def tables(package: Any) -> list[Table]:
    """All tables of a package, in its order."""
    found = (table(one) for one in package.resources if has_table(one))
    return [one for one in found if one]


def table(resource: Any) -> Table | None:
    """One table; None when there is none (yet)."""
    with reading(resource.id, SECONDS) as opened:
        if opened is None:
            return None
        columns, has_history = opened.columns, opened.has_history
    registered = keyed.get(resource.id)
    told: dict[str, Any] = _structured(registered) if registered else _stock(resource.id)
    return Table(resource.id, title(resource), columns, has_history=has_history, **told)


def title(resource: Any) -> str:
    """The name of a table in the reader's language."""
    translated = loaded((resource.extras or {}).get("name_translated"))
    named = {"name": resource.name, "name_translated": translated}
    return display.text(named, "name")["text"] or resource.id


def _structured(registered: Any) -> dict[str, Any]:
    structure = keyed.structure_of(registered)
    return {
        "labels": {one.name: _chosen(one.labels) for one in structure.fields},
        "units": {one.name: one.unit for one in structure.fields if one.unit},
        "key": structure.key,
        "points": tuple(one.name for one in structure.fields if one.type == "geopoint"),
    }


def _stock(resource_id: str) -> dict[str, Any]:
    known = store.dictionary(resource_id)
    labels = {
        name: _chosen({code: str(info.get(f"label_{code}") or "") for code in _ORDER}) or str(info.get("label") or "")
        for name, info in known.items()
    }
    return {"labels": labels, "units": {name: str(info["unit"]) for name, info in known.items() if info.get("unit")}}


def _chosen(labels: Mapping[str, str], order: Iterable[str] = _ORDER) -> str:
    return next((labels[code] for code in (language.current(), *order) if labels.get(code)), "")
