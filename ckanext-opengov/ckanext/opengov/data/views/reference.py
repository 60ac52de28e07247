"""The page of reference data: code lists, and the address register with its one question."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import Blueprint, request

from ckanext.opengov.civic.service import limits
from ckanext.opengov.data.views.shared import act, errors, own, refusal

blueprint = Blueprint("opengov_data_reference", __name__, url_prefix="/reference")

FOLDER = "opengov_data/reference"


@blueprint.get("", strict_slashes=False)
def index() -> str:
    """All reference tables; and, when somebody asks, an address."""
    own()
    query = request.args.get("q", "").strip()
    results, problems = [], {}
    if query:
        try:
            results = act("address_resolve", {"q": query})["results"]
        except tk.ValidationError as error:
            problems = errors(error)
        except limits.RateLimited as error:
            problems = {"q": [refusal(error)]}
    tables = act("data_reference_list", {})
    variables = {
        "q": query,
        "results": results,
        "errors": problems,
        "codes": [one for one in tables if one["role"] == "codes"],
        "register": [one for one in tables if one["role"] != "codes"],
    }
    return tk.render(f"{FOLDER}/index.html", variables)
