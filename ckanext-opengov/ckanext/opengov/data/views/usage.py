"""The address that the page of a data set calls once in a reader's browser."""

from __future__ import annotations

from flask import Blueprint, Response, request

from ckanext.opengov.data.counting import dataset_of
from ckanext.opengov.data.service import usage

blueprint = Blueprint("opengov_data_usage", __name__)


@blueprint.get("/dataset/<id>/seen")
def seen(id: str) -> Response:
    """One more view. No cookie is set or read; the answer is empty."""
    request.environ["__no_cache__"] = True
    dataset_id = dataset_of(id)
    if dataset_id:
        usage.count("views", dataset_id)
    return Response(status=204, headers={"Cache-Control": "no-store"})
