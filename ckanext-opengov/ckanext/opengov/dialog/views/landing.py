"""The first page of open dialogue: where one writes, asks and votes, what was answered last, and the figures."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ckanext.opengov.dialog import appeal_display as display
from ckanext.opengov.dialog.views.appeals_shared import act

blueprint = Blueprint("opengov_dialog", __name__, url_prefix="/dialog")

NEWEST = 6


@blueprint.get("", strict_slashes=False)
def index() -> str:
    """Open dialogue as a whole."""
    answered = act("appeal_list", {"sort": "answered", "limit": NEWEST})["appeals"]
    variables = {
        "answered": [display.card(one) for one in answered],
        "total": act("appeal_statistics", {})["total"],
    }
    return tk.render("opengov_dialog/landing.html", variables)
