"""While somebody types: answered public appeals that say the like, and standing answers to what many ask."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import ckan.model as model
import pysolr
import sqlalchemy as sa
from ckan.common import config
from ckan.lib.search.common import make_connection

from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.agencies import TITLES, shown_title
from ckanext.opengov.dialog.model.appeals import Appeal, StandingAnswer
from ckanext.opengov.dialog.service.appeals import showing

MOST = 10
COMPARED = 4_000
_WORD = re.compile(r"\w{4,}")
STEM = 5
CANDIDATES = 500
# Solr's MoreLikeThis over a text that is not in the index; words of one appeal only say nothing.
QUERY = "{!mlt_content qf=text_kk,text_ru,text_en mintf=1 mindf=2 minwl=4 maxqt=25 v=$text}"


def appeals(text: str, agency_id: str | None, limit: int) -> list[dict[str, Any]]:
    """Answered public appeals like this text, the most alike first."""
    filters = [
        "+dataset_type:appeal",
        f'+site_id:"{config["ckan.site_id"]}"',
        "+appeal_answered:true",
        "+permission_labels:public",
        "+state:active",
    ]
    if agency_id:
        filters.append(f'+owner_org:"{agency_id}"')
    try:
        answer = make_connection().search(QUERY, text=text[:COMPARED], fq=filters, fl="id,score", rows=min(limit, MOST))
    except pysolr.SolrError:
        # A help while writing must not stand in the way of writing.
        return []
    ids = [one["id"] for one in answer]
    found = {one.id: one for one in model.Session.scalars(sa.select(Appeal).where(Appeal.id.in_(ids)))}
    # The index may be a moment behind: what was hidden since is left out.
    return [showing.brief(found[one]) for one in ids if one in found and found[one].visibility == "public"]


def standing(text: str, agency_id: str | None, limit: int) -> list[dict[str, Any]]:
    """Reviewed standing answers that share the most words with this text, whatever their endings."""
    query = sa.select(StandingAnswer).where(StandingAnswer.state == "reviewed")
    if agency_id:
        query = query.where(StandingAnswer.agency_id == agency_id)
    wanted = _stems(text)
    ranked = []
    for one in model.Session.scalars(query.order_by(StandingAnswer.updated_at.desc()).limit(CANDIDATES)):
        shared = len(wanted & _stems(" ".join([*one.question.values(), *one.answer.values()])))
        if shared >= min(2, len(wanted)) and shared:
            ranked.append((shared, one))
    ranked.sort(key=lambda pair: pair[0], reverse=True)
    return [dictized(one) for _, one in ranked[: min(limit, MOST)]]


def agencies(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who answered the like, most of them first: where a text about the same belongs.

    :param found: similar appeals and standing answers, each with its ``agency_id``
    """
    often = Counter(one["agency_id"] for one in found)
    query = sa.select(model.Group.id, model.Group.name, model.Group.title, TITLES).where(
        model.Group.id.in_(often), model.Group.state == model.State.ACTIVE
    )
    named = [
        {"id": one.id, "name": one.name, "title": shown_title(*one[1:]), "count": often[one.id]}
        for one in model.Session.execute(query)
    ]
    return sorted(named, key=lambda one: (-one["count"], one["title"]))


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in _WORD.findall(text.casefold())}


def dictized(one: StandingAnswer) -> dict[str, Any]:
    """A standing answer, with its texts in the reader's language beside all of them."""
    language = wording.current()
    return {
        "id": one.id,
        "agency_id": one.agency_id,
        "topic": one.topic,
        "state": one.state,
        "question": wording.pick(one.question, language),
        "answer": wording.pick(one.answer, language),
        "question_translated": one.question,
        "answer_translated": one.answer,
        "links": one.links,
        "updated_at": one.updated_at.isoformat(),
    }
