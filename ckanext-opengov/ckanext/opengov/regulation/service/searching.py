"""Words in the titles and texts of announced acts, and how many there are of each kind: the index' work."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ckan.model as model
import pysolr
import sqlalchemy as sa
from ckan.common import config
from ckan.lib.search.common import make_connection

from ckanext.opengov.regulation.model.acts import DraftAct
from ckanext.opengov.regulation.service.words import TYPE

AGENCY = "agency_id"
# What the page counts by → the field of the index.
FACETS: Mapping[str, str] = {AGENCY: "owner_org", "kind": "act_kind", "state": "act_state"}
FIELDS = "title^3 text_kk text_ru text_en"
MOST_WORDS = 20
MOST_VALUES = 1000
START = "*"
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Found:
    """What the index knows: ids in order, how many in all, the mark of the next page, counts by filter and value."""

    ids: list[str] = field(default_factory=list)
    count: int | None = None
    cursor: str | None = None
    counts: dict[str, dict[str, int]] = field(default_factory=dict)


def words(text: str) -> str:
    """The words of a query and nothing that the index would take for an order."""
    return " ".join(_WORD.findall(text)[:MOST_WORDS])


def find(text: str, filters: Mapping[str, Any], limit: int, cursor: str | None) -> Found:
    """Announced acts with all these words, the best first, and the counts of what may be filtered further.

    :param text: without words nothing but counts is found
    """
    asked = words(text)
    parameters: dict[str, Any] = {
        "fq": _conditions(filters),
        "fl": "id",
        "rows": limit if asked else 0,
        "facet": "true",
        "facet.field": [f"{{!ex={name} key={name}}}{place}" for name, place in FACETS.items()],
        "facet.mincount": 1,
        "facet.limit": MOST_VALUES,
    }
    if asked:
        parameters |= {
            "defType": "edismax",
            "qf": FIELDS,
            "q.op": "AND",
            "sort": "score desc, index_id asc",
            "cursorMark": cursor or START,
        }
    answer = make_connection().search(asked or "*:*", **parameters)
    following = answer.nextCursorMark if asked else None
    counted = answer.facets.get("facet_fields", {})
    return Found(
        # Going over the answer itself, pysolr would fetch every further page.
        ids=[one["id"] for one in answer.docs],
        count=answer.hits,
        cursor=following if following != cursor and len(answer.docs) == limit else None,
        counts={"agency" if key == AGENCY else key: _counted(key, pairs) for key, pairs in counted.items()},
    )


def _counted(key: str, pairs: list[Any]) -> dict[str, int]:
    """Value → count; agencies go by their names, as filters do."""
    found = dict(zip(pairs[::2], pairs[1::2], strict=True))
    if key != AGENCY:
        return found
    rows = model.Session.execute(sa.select(model.Group.id, model.Group.name).where(model.Group.id.in_(found)))
    return {name: found[agency_id] for agency_id, name in rows}


def counts(filters: Mapping[str, Any]) -> Found:
    """Only the counts; none while the index does not answer, since a list can be read without them."""
    try:
        return find("", filters, 0, None)
    except pysolr.SolrError:
        return Found()


def acts(ids: Sequence[str]) -> list[DraftAct]:
    """The acts in this order."""
    found = {one.id: one for one in model.Session.scalars(sa.select(DraftAct).where(DraftAct.id.in_(ids)))}
    return [found[one] for one in ids if one in found and found[one].version]


def _conditions(filters: Mapping[str, Any]) -> list[str]:
    conditions = [
        f"+dataset_type:{TYPE}",
        f'+site_id:"{config["ckan.site_id"]}"',
        "+permission_labels:public",
        "+state:active",
    ]
    for name, place in FACETS.items():
        if filters.get(name):
            value = str(filters[name]).replace("\\", "").replace('"', "")
            conditions.append(f'{{!tag={name}}}{place}:"{value}"')
    return conditions
