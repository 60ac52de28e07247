"""Pages of the heads of agencies: all of them with their figures, and each with the appeals that were answered."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
from babel.dates import format_date
from flask import Blueprint, request

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.regions import regions
from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.calendar import local_date
from ckanext.opengov.civic.service.ratings import AXES, MINIMUM
from ckanext.opengov.dialog import statistics_display as display
from ckanext.opengov.dialog.service.appeals import figures
from ckanext.opengov.dialog.views.statistics import act, sentences

blueprint = Blueprint("opengov_dialog_heads", __name__, url_prefix="/head")

FOLDER = "opengov_dialog/heads"
PAGE = 50
APPEALS = 20
# Of the figures, those that fit on a card of the list.
SHORT = ("received", "in_time_share", "median_days", "useful_share")


@blueprint.get("/", strict_slashes=False)
def index() -> str:
    """All heads by the name of their agency."""
    chosen = {name: request.args[name].strip() for name in ("q", "region") if request.args.get(name, "").strip()}
    page = tk.h.get_page_number(request.args)
    try:
        found = act("head_list", {**chosen, "offset": (page - 1) * PAGE, "limit": PAGE})
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))
    language = wording.current()
    variables = {
        "heads": [one | {"cells": _short(one["statistics"])} for one in found["heads"]],
        "count": found["count"],
        "chosen": chosen,
        "page": page,
        "pages": -(-found["count"] // PAGE),
        "regions": [{"value": one.kato, "text": one.title(language)} for one in regions()],
    }
    return tk.render(f"{FOLDER}/index.html", variables)


def _short(statistics: dict[str, Any]) -> list[dict[str, str]]:
    cells = display.cells(statistics)
    return [{"title": tk._(display.COLUMNS[name]), **cells[name]} for name in SHORT]


@blueprint.get("/<agency>")
def show(agency: str) -> str:
    """One head: who it is, the figures, the answered appeals."""
    head = act("head_show", {"agency": agency})
    wish = {"agency": head["id"], "sort": "answered", "limit": APPEALS, "cursor": request.args.get("cursor", "")}
    try:
        listed = act("appeal_list", wish)
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))
    variables = {
        "head": head,
        "initials": _initials(head["head_name"] or head["title"]),
        "tiles": display.tiles(head["statistics"], tk.config[MINIMUM]),
        "chart": display.chart(head["months"], figures.month_of(utc_now())),
        "axes": _axes(head["ratings"]),
        "appeals": [one | {"answered_on": _day(one["answered_at"])} for one in listed["appeals"]],
        "next": listed["next"],
        "is_first": not wish["cursor"],
    }
    return tk.render(f"{FOLDER}/show.html", variables)


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split()[:2]).upper()


def _day(moment: str) -> str:
    return format_date(local_date(dt.datetime.fromisoformat(moment)), "long", locale=wording.current())


def _axes(ratings: dict[str, Any]) -> list[dict[str, str]]:
    """The marks on the kit's four axes; nothing under the minimum."""
    shown = [(AXES[axis][0], one) for axis, one in ratings["axes"].items() if one["mean"] is not None]
    texts = tk._("{mean} of 5; {share} gave 4 or 5 ({bounds})")
    return [
        {
            "title": tk._(title),
            "text": texts.format(
                mean=display.number(round(one["mean"], 1)),
                share=display.percent(one["good"]),
                bounds=display.interval(one, "good"),
            ),
        }
        for title, one in shown
    ]
