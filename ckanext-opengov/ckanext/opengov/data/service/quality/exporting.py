"""Scores for the RDF: one statement for a whole page of the catalogue, one for a data set by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ckanext.opengov.data.service.quality import showing

_page: ContextVar[dict[str, dict[str, int]] | None] = ContextVar("opengov_quality_page", default=None)


@contextmanager
def catalogue() -> Iterator[None]:
    """While a page of the catalogue is written: what a search finds is remembered with its scores."""
    token = _page.set({})
    try:
        yield
    finally:
        _page.reset(token)


def remember(datasets: Iterable[dict[str, Any]]) -> None:
    """The data sets that a search has found; nothing happens unless the catalogue is being written."""
    page = _page.get()
    if page is None:
        return
    ids = [one["id"] for one in datasets]
    page.update({id_: {} for id_ in ids})
    page.update(showing.scores(ids))


def score(dataset_id: str) -> dict[str, int]:
    """Points in all (``score``) and by dimension; empty while there are none."""
    page = _page.get()
    if page is not None and dataset_id in page:
        return page[dataset_id]
    return showing.scores([dataset_id]).get(dataset_id, {})
