"""Pages of the visitor's surroundings: the home page."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ckanext.opengov.portal import summary

opengov_portal = Blueprint("opengov_portal", __name__)


@opengov_portal.route("/")
def index() -> str:
    """The home page: what the portal offers, its newest data, its numbers."""
    return tk.render("home/index.html", {"summary": summary.for_home()})
