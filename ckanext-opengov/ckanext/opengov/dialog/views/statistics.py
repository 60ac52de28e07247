"""Figures of appeals: totals, a chart over the months, league tables, and each table as a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.regions import regions
from ckanext.opengov.civic.service import agencies, wording
from ckanext.opengov.civic.service.ratings import MINIMUM
from ckanext.opengov.dialog import statistics_display as display
from ckanext.opengov.dialog.service import downloads
from ckanext.opengov.dialog.service.appeals import figures, league, words

blueprint = Blueprint("opengov_dialog_statistics", __name__, url_prefix="/dialog/statistics")

FOLDER = "opengov_dialog/statistics"
FILTERS = ("agency", "topic", "region", "kind", "first", "last")
PAGE = 100
FIGURES = (
    *("received", "answered", "in_time", "in_time_share", "median_days", "reopened", "forwarded", "rated"),
    *("useful", "useful_share", "useful_low", "useful_high", "solved", "solved_share", "solved_low", "solved_high"),
)


def act(action: str, data: dict[str, Any]) -> Any:
    """Call a reading action for a page."""
    context: Any = {"user": current_user.name, "auth_user_obj": current_user}
    try:
        return tk.get_action(action)(context, data)
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))


@blueprint.get("/", strict_slashes=False)
def index() -> ResponseReturnValue:
    """The figures of a choice, by agency, topic, place, kind or month."""
    chosen = {name: request.args[name].strip() for name in FILTERS if request.args.get(name, "").strip()}
    group = request.args.get("by", "")
    group = group if group in display.GROUPS else "agency"
    order = {name: request.args[name] for name in ("sort", "order") if request.args.get(name)}
    try:
        found = act("appeal_statistics", {**chosen, **order, "group": group})
    except tk.ValidationError as error:
        # What stands wrong in an address is told; the form above it stays usable.
        return _page({}, group, {}, None, sentences(error)), 400
    form = request.args.get("format", "")
    if form in downloads.FORMATS:
        head = {"total": found["total"]}
        return table_file(form, f"appeals-by-{group}", columns(group), found["groups"], head)
    return _page(chosen, group, order, found)


def table_file(form: str, name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], head: Any) -> Response:
    """A table as a streamed file.

    :param form: ``csv`` or ``json``
    :param head: what JSON says beside the rows
    """
    lines = downloads.csv_lines(columns, rows, mark=True)
    if form == "json":
        lines = downloads.json_lines(columns, rows, head)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"', "X-Content-Type-Options": "nosniff"}
    return Response(lines, headers=headers, content_type=downloads.FORMATS[form])


def sentences(error: tk.ValidationError) -> str:
    """What is wrong, as one text."""
    given: Any = error.error_dict
    return " ".join(str(text) for texts in given.values() for text in texts)


def columns(group: str) -> tuple[str, ...]:
    """The columns of a table as a file."""
    names = ("name",) if group == "agency" else ()
    return (group, *names, "title", *FIGURES, "small_sample", "rank")


def _page(
    chosen: dict[str, str], group: str, order: dict[str, str], found: dict[str, Any] | None, error: str = ""
) -> str:
    variables: dict[str, Any] = {"chosen": chosen, "group": group, "error": error, "found": found}
    variables |= {"options": _options(), "columns": _columns(), "groups": display.GROUPS}
    if found:
        page = tk.h.get_page_number(request.args)
        groups = found["groups"]
        months = groups if group == "month" else act("appeal_statistics", {**chosen, "group": "month"})["groups"]
        variables |= {
            "tiles": display.tiles(found["total"], tk.config[MINIMUM]),
            "chart": display.chart(months, figures.month_of(utc_now())),
            "rows": display.rows(groups[(page - 1) * PAGE : page * PAGE], group),
            "count": len(groups),
            "first": (page - 1) * PAGE + 1,
            "page": page,
            "pages": -(-len(groups) // PAGE),
            "sort": order.get("sort") or ("title" if group == "month" else "received"),
            "order": order.get("order", "best"),
            "kept": {**chosen, "by": group, **order},
        }
    variables |= {"rates": league.RATES, "rising": league.RISING}
    return tk.render(f"{FOLDER}/index.html", variables)


def _columns() -> dict[str, str]:
    return {name: tk._(title) for name, title in display.COLUMNS.items()}


def _options() -> dict[str, list[dict[str, str]]]:
    """What there is to choose from."""
    language = wording.current()
    topics = [{"value": key, "text": wording.pick(texts, language)} for key, texts in words.topics().items()]
    return {
        "agency": [{"value": one["name"], "text": one["title"]} for one in agencies.options(None)],
        "topic": topics,
        "region": [{"value": one.kato, "text": one.title(language)} for one in regions()],
        "kind": [{"value": kind, "text": tk._(title)} for kind, title in words.KINDS.items()],
    }
