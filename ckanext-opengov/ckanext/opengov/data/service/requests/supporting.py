"""Who wants the data too: each person counts once for a request."""

from __future__ import annotations

from collections.abc import Collection

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service import journal
from ckanext.opengov.data.model.requests import DataRequest, RequestSupport
from ckanext.opengov.data.service.requests.states import OPEN, STATES

JOURNAL = "data_request_support"

# Of many tries of one person one makes a row; only that one counts.
_GIVE = sa.text(
    """
    WITH given AS (
        INSERT INTO opengov_data_request_support (request_id, user_id, given_at) VALUES (:request, :user, now())
        ON CONFLICT DO NOTHING RETURNING 1
    )
    UPDATE opengov_data_request SET support = support + 1 FROM given WHERE id = :request RETURNING support
    """
)
_TAKE_BACK = sa.text(
    """
    WITH taken AS (
        DELETE FROM opengov_data_request_support WHERE request_id = :request AND user_id = :user RETURNING 1
    )
    UPDATE opengov_data_request SET support = support - 1 FROM taken WHERE id = :request RETURNING support
    """
)
# Who supported a request that is joined with another supports that one from now on, still once; so does its author.
_MOVE = sa.text(
    """
    WITH moved AS (
        INSERT INTO opengov_data_request_support (request_id, user_id, given_at)
        SELECT :into, person, now() FROM (
            SELECT user_id AS person FROM opengov_data_request_support WHERE request_id = :request
            UNION SELECT :author
        ) AS persons WHERE person <> :into_author
        ON CONFLICT DO NOTHING RETURNING 1
    )
    UPDATE opengov_data_request SET support = support + (SELECT count(*) FROM moved) WHERE id = :into
    """
)


def change(request: DataRequest, user_id: str, is_given: bool) -> bool:
    """Support a request, or take that back.

    :returns: whether that changed anything
    :raises ValidationError: when the request is not public, or has its answer
    """
    if request.visibility != "public":
        raise tk.ValidationError({"id": [tk._("Only requests that everybody sees can be supported.")]})
    if request.state not in OPEN:
        message = tk._("The request has its answer; it is in the state “{state}”. Support counts before that.")
        raise tk.ValidationError({"id": [message.format(state=tk._(STATES[request.state]))]})
    values = {"request": request.id, "user": user_id}
    is_changed = model.Session.execute(_GIVE if is_given else _TAKE_BACK, values).first() is not None
    if is_changed:
        # Who supports what is for the auditor only, and a thousand of them would hide the request's own timeline.
        event = "data_request.supported"
        journal.record(JOURNAL, request.id, event, actor=user_id, internal={"given": is_given})
        model.Session.expire(request, ["support"])
    return is_changed


def move(request: DataRequest, into: DataRequest) -> None:
    """All who want one want the other."""
    values = {"request": request.id, "into": into.id, "author": request.author_id, "into_author": into.author_id}
    model.Session.execute(_MOVE, values)
    model.Session.expire(into, ["support"])


def of(request_id: str) -> list[str]:
    """The users who support a request."""
    query = sa.select(RequestSupport.user_id).where(RequestSupport.request_id == request_id)
    return list(model.Session.scalars(query.order_by(RequestSupport.given_at)))


def given(user_id: str | None, ids: Collection[str]) -> set[str]:
    """Those of the requests that a user supports."""
    if not user_id or not ids:
        return set()
    query = sa.select(RequestSupport.request_id).where(
        RequestSupport.user_id == user_id, RequestSupport.request_id.in_(ids)
    )
    return set(model.Session.scalars(query))
