"""The texts of a programme that counted, why they changed, and the opinions on them, as they are stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.budget.model.programmes import CouncilOpinion, Programme, ProgrammeChange, ProgrammeVersion
from ckanext.opengov.budget.service.programmes import talk
from ckanext.opengov.budget.service.programmes.states import SOURCES
from ckanext.opengov.budget.service.refused import Findings
from ckanext.opengov.civic.service.discussion.texts import clean
from ckanext.opengov.civic.service.refusal import N_

DISCUSSED, APPROVED, AMENDED = "discussed", "approved", "amended"
MOST_COMMENTS = 100
MOST_NOTE = 2_000


def versions(programme_id: str) -> list[ProgrammeVersion]:
    """The oldest first."""
    query = sa.select(ProgrammeVersion).where(ProgrammeVersion.programme_id == programme_id)
    return list(model.Session.scalars(query.order_by(ProgrammeVersion.number)))


def keep(
    programme: Programme, stage: str, *, order: tuple[str, dt.date] | None = None, reason: str | None = None
) -> ProgrammeVersion:
    """Keep the text as it stands now."""
    made = ProgrammeVersion(
        programme_id=programme.id,
        number=len(versions(programme.id)) + 1,
        stage=stage,
        passport=programme.passport,
        order_number=order[0] if order else None,
        order_date=order[1] if order else None,
        reason=reason,
    )
    model.Session.add(made)
    model.Session.flush()
    return made


def discussed(programme: Programme) -> ProgrammeVersion:
    """The text that the public was asked about."""
    found = next((one for one in versions(programme.id) if one.stage == DISCUSSED), None)
    if found is None:
        raise tk.ObjectNotFound(tk._("This programme was not discussed on the portal."))
    return found


def changes(programme_id: str) -> list[ProgrammeChange]:
    """Why places changed, in the order in which it was said."""
    query = sa.select(ProgrammeChange).where(ProgrammeChange.programme_id == programme_id)
    return list(model.Session.scalars(query.order_by(ProgrammeChange.id)))


def explained(programme_id: str) -> set[str]:
    """The places of which somebody said why they changed."""
    return {one.anchor for one in changes(programme_id)}


def check_because(programme_id: str, places: Sequence[str], given: Any) -> list[dict[str, Any]]:
    """For each place that changes: because of whom.

    :param given: place → ``source`` (comments, council, agency), ``comments`` (their ids), ``note``

    :raises Refused: naming the places of which it is not said
    """
    found = Findings()
    known: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    made = [_because(programme_id, place, known.get(place), found) for place in places]
    found.check()
    return made


def _because(programme_id: str, place: str, row: Any, found: Findings) -> dict[str, Any]:
    given: Mapping[str, Any] = row if isinstance(row, Mapping) else {}
    source, note = given.get("source"), clean(str(given.get("note") or ""))[:MOST_NOTE]
    named = given.get("comments") if isinstance(given.get("comments"), list) else []
    ids = list(dict.fromkeys(str(one) for one in named or []))[:MOST_COMMENTS]
    if source not in SOURCES or len(note) < 3:
        words = N_("{place} changes: say because of whom ({known}) and why.")
        found.add("because", words, place=place, known=", ".join(SOURCES))
    elif source == "comments":
        unknown = set(ids) - set(talk.authors(programme_id, ids))
        if not ids or unknown:
            found.add("because", N_("{place}: name public comments on this programme by their ids."), place=place)
    return {"anchor": place, "source": source, "comments": ids if source == "comments" else [], "note": note}


def note_changes(programme_id: str, because: Sequence[Mapping[str, Any]], actor: str | None) -> None:
    """Write down why places change."""
    for row in because:
        model.Session.add(ProgrammeChange(programme_id=programme_id, made_by=actor, **row))
    model.Session.flush()


def all_opinions(programme_id: str) -> list[CouncilOpinion]:
    """By round."""
    query = sa.select(CouncilOpinion).where(CouncilOpinion.programme_id == programme_id)
    return list(model.Session.scalars(query.order_by(CouncilOpinion.round)))


def opinion(programme: Programme) -> CouncilOpinion:
    """The council's opinion of the last round."""
    return model.Session.get_one(CouncilOpinion, (programme.id, programme.round))
