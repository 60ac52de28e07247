"""The address that information systems push to: the content is the body of the request, read as it comes."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from ckan.types import Context
from flask import Blueprint, Response, jsonify, request

blueprint = Blueprint("opengov_data_push", __name__)

_NDJSON = {"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"}
_STATUS = {tk.ObjectNotFound: 404, tk.NotAuthorized: 403, tk.ValidationError: 409}


@blueprint.post("/api/push/<resource_id>")
def push(resource_id: str) -> tuple[Response, int]:
    """``data_push``: options stand in the query, the idempotency key in the header ``Idempotency-Key``.

    Answers as the action API does.
    """
    # The action has a limit of its own; CKAN's is for uploads that are kept as files.
    request.max_content_length = None
    context: Context = {"user": current_user.name, "auth_user_obj": current_user}
    try:
        receipt = tk.get_action("data_push")(context, _order(resource_id))
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError) as problem:
        status = next(status for kind, status in _STATUS.items() if isinstance(problem, kind))
        return jsonify({"success": False, "error": _told(problem)}), status
    return jsonify({"success": True, "result": receipt}), 200


def _order(resource_id: str) -> dict[str, Any]:
    order: dict[str, Any] = {**request.args.to_dict(), "resource_id": resource_id, "upload": request.stream}
    if request.headers.get("Idempotency-Key"):
        order["idempotency_key"] = request.headers["Idempotency-Key"]
    if request.content_length is not None:
        order["content_length"] = request.content_length
    if "format" not in order:
        order["format"] = "ndjson" if request.mimetype in _NDJSON else "csv"
    return order


def _told(problem: Exception) -> dict[str, Any]:
    kind = {"__type": type(problem).__name__}
    if isinstance(problem, tk.ValidationError):
        return {**problem.error_dict, "__type": "Validation Error"}
    return {**kind, "message": str(problem)}
