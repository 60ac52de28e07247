"""Words in the texts of public packages of one type, and how many there are of each kind: the index' work."""

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

# The filter that goes by agencies: their ids stand in the index, their names in addresses.
AGENCY = "agency_id"
FIELDS = "title^3 text_kk text_ru text_en"
MOST_WORDS = 20
# More agencies than a country has.
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


@dataclass(frozen=True)
class PublicIndex:
    """The public packages of a type; ``facets``: what the page counts and filters by → the field of the index."""

    type: str
    facets: Mapping[str, str]

    def find(
        self, text: str, filters: Mapping[str, Any], limit: int, cursor: str | None, more: Sequence[str] = ()
    ) -> Found:
        """Those with all these words, the best first, and the counts of what may be filtered further.

        The counts of a filter are those without itself, so that another value can be chosen in its place.

        :param text: without words nothing but counts is found
        :param filters: by the names of the facets
        :param more: further conditions, in the words of the index
        """
        asked = words(text)
        parameters: dict[str, Any] = {
            "fq": [*self._conditions(filters), *more],
            "fl": "id",
            "rows": limit if asked else 0,
            "facet": "true",
            "facet.field": [f"{{!ex={name} key={name}}}{place}" for name, place in self.facets.items()],
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

    def counts(self, filters: Mapping[str, Any], more: Sequence[str] = ()) -> Found:
        """Only the counts; none while the index does not answer, since a list can be read without them."""
        try:
            return self.find("", filters, 0, None, more)
        except pysolr.SolrError:
            return Found()

    def _conditions(self, filters: Mapping[str, Any]) -> list[str]:
        conditions = [
            f"+dataset_type:{self.type}",
            f'+site_id:"{config["ckan.site_id"]}"',
            "+permission_labels:public",
            "+state:active",
        ]
        for name, place in self.facets.items():
            if filters.get(name):
                value = str(filters[name]).replace("\\", "").replace('"', "")
                conditions.append(f'{{!tag={name}}}{place}:"{value}"')
        return conditions


def _counted(key: str, pairs: list[Any]) -> dict[str, int]:
    """Value → count; agencies go by their names, as filters do."""
    found = dict(zip(pairs[::2], pairs[1::2], strict=True))
    if key != AGENCY:
        return found
    rows = model.Session.execute(sa.select(model.Group.id, model.Group.name).where(model.Group.id.in_(found)))
    return {name: found[agency_id] for agency_id, name in rows}
