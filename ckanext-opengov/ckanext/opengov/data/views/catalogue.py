"""Pages of the catalogue: the agencies, the table of a file."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from ckan.types import Context
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

blueprint = Blueprint("opengov_data", __name__)


def agencies(group_type: str, is_organization: bool) -> str:
    """The agencies as a tree, one query for all of them; ``?q=`` keeps those with these words in a name."""
    context: Context = {"user": current_user.name, "auth_user_obj": current_user}
    words = request.args.get("q", "")
    try:
        nodes = tk.get_action("opengov_agency_tree")(context, {"q": words})
    except tk.NotAuthorized:
        tk.abort(403, tk._("You may not see the list of agencies."))
    variables = {"agencies": nodes, "q": words, "group_type": group_type}
    return tk.render("organization/index.html", variables)


@blueprint.post("/dataset/<id>/resource/<resource_id>/table")
def load_table(id: str, resource_id: str) -> ResponseReturnValue:
    """Read the file again; back to its page."""
    context: Context = {"user": current_user.name, "auth_user_obj": current_user}
    try:
        tk.get_action("opengov_table_load")(context, {"resource_id": resource_id})
    except tk.ObjectNotFound:
        tk.abort(404, tk._("There is no such file."))
    except tk.NotAuthorized:
        tk.abort(403, tk._("You may not change this file."))
    except tk.ValidationError as problem:
        tk.h.flash_error(" ".join(problem.error_summary.values()))
    return tk.redirect_to("dataset_resource.read", id=id, resource_id=resource_id)
