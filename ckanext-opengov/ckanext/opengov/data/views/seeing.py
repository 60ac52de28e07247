"""Tables, charts and maps of any table, without code. The choice stands in the address: it can be kept and sent on."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, make_response, request

from ckanext.opengov.civic.service import ground, limits
from ckanext.opengov.data import display, push_messages, seeing_display
from ckanext.opengov.data.service import query
from ckanext.opengov.data.service.finding import Faulty
from ckanext.opengov.data.service.seeing import answers
from ckanext.opengov.data.service.seeing import choice as choices
from ckanext.opengov.data.service.seeing.choice import Choice
from ckanext.opengov.data.views import table_pages as pages
from ckanext.opengov.data.views.shared import own
from ckanext.opengov.data.views.table_pages import Shown

blueprint = Blueprint("opengov_data_seeing", __name__)


@blueprint.get("/dataset/<id>/see/<resource_id>")
def see(id: str, resource_id: str) -> str:
    """The page on which one chooses and looks."""
    own()
    shown = pages.find(id, resource_id)
    choice = choices.chosen(request.args, shown.table.columns)
    variables = _variables(shown, choice)
    known = {"id": shown.package["name"], "resource_id": resource_id}
    here = tk.url_for("opengov_data_seeing.see", **known)
    return tk.render(
        "opengov_data/seeing/show.html",
        {
            **variables,
            "form": pages.form(shown.table, choice),
            "views": _views(shown, choice, here),
            "files": pages.files(shown.table, choice),
            "frame": _frame(shown, choice),
            "citation": _citation(shown, here, choice),
            "programs": tk.url_for("opengov_data_api.page", **known) + _query(choice, view=choices.TABLE, cursor=""),
        },
    )


@blueprint.get("/embed/<resource_id>")
def embed(resource_id: str) -> Response:
    """The picture alone, for the frame of another site's page. It has no form and no session is of use to it."""
    shown = pages.of_resource(resource_id)
    choice = choices.chosen(request.args, shown.table.columns)
    variables = _variables(shown, choice)
    own_page = variables["here"] + _query(choice, cursor="")
    page = tk.render("opengov_data/seeing/embed.html", {**variables, "at_page": own_page})
    response = make_response(page)
    response.headers["Content-Security-Policy"] = "frame-ancestors *; script-src 'none'; form-action 'none'"
    return response


def _variables(shown: Shown, choice: Choice) -> dict[str, Any]:
    here = tk.url_for("opengov_data_seeing.see", id=shown.package["name"], resource_id=shown.table.resource_id)
    framed = tk.url_for("opengov_data_seeing.embed", resource_id=shown.table.resource_id)
    address = here if request.endpoint == "opengov_data_seeing.see" else framed
    variables: dict[str, Any] = {
        "package": shown.package,
        "title": pages.title(shown),
        "table": shown.table,
        "tables": shown.tables,
        "choice": choice,
        "here": here,
        "picture": None,
        "problem": "",
        "agency": display.text(shown.package["organization"], "title") if shown.package.get("organization") else None,
        "whole": tk.url_for("dataset.read", id=shown.package["name"], qualified=True),
        "figure_title": seeing_display.figure_title(choice, shown.table),
        "at": lambda **changed: address + _query(choice, **changed),
    }
    try:
        limits.check("data_see", address=limits.client_address())
        variables["picture"] = _picture(shown, choice)
    except Faulty as problem:
        variables["problem"] = " ".join(push_messages.sentences(problem.findings))
    return variables


def _query(choice: Choice, **changed: Any) -> str:
    return f"?{urlencode(choice.arguments(**changed))}"


def _picture(shown: Shown, choice: Choice) -> dict[str, Any]:
    with query.told(query.SECONDS), query.reading(shown.table.resource_id, query.SECONDS) as found:
        if found is None:
            tk.abort(404, tk._("This data set has no table."))
        return _MAKERS[choice.view](found, shown, choice)


def _table(found: query.Reading, shown: Shown, choice: Choice) -> dict[str, Any]:
    answer = answers.rows(found, choice)
    kinds = {one["id"]: one["type"] for one in answer["fields"]}
    rows = [[seeing_display.cell(one[name], kinds[name], name) for name in kinds] for one in answer["records"]]
    return {
        "columns": [
            {"name": name, "label": shown.table.label(name), "unit": shown.table.units.get(name), "kind": kind}
            for name, kind in kinds.items()
        ],
        "rows": rows,
        "next": answer["next"],
        "total": seeing_display.number(answer["total"]) if "total" in answer else "",
    }


def _kind(shown: Shown, choice: Choice) -> str:
    return shown.table.columns.get(choice.group, "text")


def _bars(found: query.Reading, shown: Shown, choice: Choice) -> dict[str, Any]:
    return seeing_display.bars(answers.bars(found, choice), choice, _kind(shown, choice))


def _line(found: query.Reading, shown: Shown, choice: Choice) -> dict[str, Any]:
    return seeing_display.line(answers.line(found, choice), choice, _kind(shown, choice))


def _slices(found: query.Reading, shown: Shown, choice: Choice) -> dict[str, Any]:
    return seeing_display.slices(answers.slices(found, choice), choice, _kind(shown, choice))


def _regions(found: query.Reading, _shown: Shown, choice: Choice) -> dict[str, Any]:
    if not choice.group:
        return seeing_display.squares({}, 0)
    return seeing_display.squares(*answers.by_region(found, choice))


def _map(found: query.Reading, shown: Shown, choice: Choice) -> dict[str, Any]:
    place = pages.place(shown.table)
    window = _window(choice)
    if place is None:
        return seeing_display.clusters(answers.Points([], 0, 0), window)
    return seeing_display.clusters(answers.points(found, choice, place, window), window)


def _window(choice: Choice) -> ground.Window:
    try:
        latitude, longitude, zoom = choice.window
        return ground.window(float(latitude), float(longitude), int(zoom))
    except ValueError:
        return ground.Window()


_MAKERS: Mapping[str, Callable[[query.Reading, Shown, Choice], dict[str, Any]]] = {
    choices.TABLE: _table,
    choices.BARS: _bars,
    choices.LINE: _line,
    choices.SLICES: _slices,
    choices.REGIONS: _regions,
    choices.MAP: _map,
}


def _views(shown: Shown, choice: Choice, here: str) -> list[dict[str, Any]]:
    """The views that this table has."""
    has_regions = any(choices.is_region(name) for name in shown.table.columns) or choice.view == choices.REGIONS
    offered = {choices.MAP: pages.place(shown.table) is not None, choices.REGIONS: has_regions}
    # What one view shows by itself is not what the next one should.
    fresh: dict[str, Any] = {"cursor": "", "window": ("", "", "")}
    return [
        {
            "name": name,
            "title": tk._(title),
            "url": here + _query(choice, view=name, **fresh),
            "on": name == choice.view,
        }
        for name, title in choices.VIEWS.items()
        if offered.get(name, True) or name == choice.view
    ]


def _frame(shown: Shown, choice: Choice) -> str:
    path = tk.url_for("opengov_data_seeing.embed", resource_id=shown.table.resource_id, qualified=True)
    source, title = html.escape(path + _query(choice, cursor="")), html.escape(pages.title(shown))
    return f'<iframe src="{source}" title="{title}" width="100%" height="480"></iframe>'


def _citation(shown: Shown, here: str, choice: Choice) -> str:
    """As the data set is cited, with the address of just this view."""
    whole = display.citation(shown.package)
    plain = tk.url_for("dataset.read", id=shown.package["name"], locale="default", qualified=True)
    address = tk.config["ckan.site_url"].rstrip("/") + here + _query(choice, cursor="")
    return whole.replace(plain, address) if plain in whole else f"{whole} {address}"
