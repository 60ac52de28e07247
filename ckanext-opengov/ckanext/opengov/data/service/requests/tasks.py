"""What waits for officers in requests for data."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.civic.tasks import TaskQuery
from ckanext.opengov.data.model.requests import DataRequest
from ckanext.opengov.data.service.requests.states import TYPE, permissions
from ckanext.opengov.data.service.task_rows import Places, inside, row

KINDS = {
    "data_request_answer": N_("Data requests to answer"),
    "data_request_assign": N_("Data requests without an agency"),
    "data_request_moderate": N_("Data requests to moderate"),
}
ROLES = permissions()


def parts(query: TaskQuery) -> list[sa.Select[Any]]:
    """The parts of the statement in which the user holds a role."""
    wanted = (
        (query.places(ROLES["data_request_forward"]), _to_answer),
        (query.places(ROLES["data_request_assign"]), _to_assign),
        (query.places({Role.MODERATOR}), _to_moderate),
        (query.places({Role.LIST_APPROVER}), _to_moderate_without_agency),
    )
    return [part(places) for places, part in wanted if places is None or places]


def _row(kind: str, **more: Any) -> sa.Select[Any]:
    title = DataRequest.number + ": " + DataRequest.title
    reference = DataRequest.number
    return row(kind, DataRequest.id, DataRequest.agency_id, title, (DataRequest.id, TYPE), reference=reference, **more)


def _to_answer(places: Places) -> sa.Select[Any]:
    part = _row("data_request_answer", due_at=DataRequest.due_at)
    return part.where(DataRequest.state == "in_work", inside(DataRequest.agency_id, places))


def _to_assign(_places: Places) -> sa.Select[Any]:
    part = _row("data_request_assign", due_at=DataRequest.due_at)
    return part.where(DataRequest.state == "unassigned")


def _to_moderate(places: Places) -> sa.Select[Any]:
    pending = DataRequest.visibility == "pending"
    part = _row("data_request_moderate")
    return part.where(pending, DataRequest.agency_id.is_not(None), inside(DataRequest.agency_id, places))


def _to_moderate_without_agency(_places: Places) -> sa.Select[Any]:
    part = _row("data_request_moderate")
    return part.where(DataRequest.visibility == "pending", DataRequest.agency_id.is_(None))


def url(reference: str) -> str:
    """The page on which the work is done."""
    return tk.url_for("opengov_data_request_work.show", number=reference)
