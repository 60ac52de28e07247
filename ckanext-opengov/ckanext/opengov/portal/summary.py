"""What the home page tells in numbers, asked from the index only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from ckan.lib.search import SearchError
from ckan.types import Context
from flask import request

from ckanext.opengov.civic.interfaces import manifests

NEWEST = 6
DATASET = "dataset"


@dataclass
class Summary:
    """Numbers are ``None`` when the index does not answer: the page stands without them."""

    newest: list[dict[str, Any]] = field(default_factory=list)
    datasets: int | None = None
    # Agencies that have published something.
    agencies: int | None = None
    # Published entities by package type.
    counts: dict[str, int] = field(default_factory=dict)

    def count_of(self, types: list[str]) -> int:
        """How much is published of these types together."""
        return sum(self.counts.get(name, 0) for name in types)


def for_home() -> Summary:
    """The newest data sets with their number and that of their agencies in one query, other types in a second."""
    try:
        answer = _search(
            fq=f"dataset_type:{DATASET}",
            sort="metadata_created desc",
            rows=NEWEST,
            **{"facet.field": ["organization"], "facet.limit": -1},
        )
        counts = {DATASET: answer["count"]} | _count_others()
    except SearchError:
        # Without numbers for a moment, but not for as long as the front keeps a page.
        request.environ["__no_cache__"] = True
        return Summary()
    return Summary(answer["results"], answer["count"], len(answer["facets"].get("organization", {})), counts)


def _count_others() -> dict[str, int]:
    types = {entity.name for manifest in manifests() for entity in manifest.entity_types} - {DATASET}
    if not types:
        return {}
    fq = f"dataset_type:({' OR '.join(sorted(types))})"
    return _search(fq=fq, rows=0, **{"facet.field": ["dataset_type"]})["facets"].get("dataset_type", {})


def _search(**parameters: Any) -> dict[str, Any]:
    context: Context = {"user": current_user.name, "auth_user_obj": current_user}
    return tk.get_action("package_search")(context, {"q": "*:*", **parameters})
