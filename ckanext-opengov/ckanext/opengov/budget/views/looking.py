"""Looking at a budget: the drill-down, its lines, from where to where, and everything as files."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any, cast

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, g, make_response, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.budget import budget_display as display
from ckanext.opengov.budget.service import reference
from ckanext.opengov.budget.service.lines import budgets, clarity, exporting, links, publishing
from ckanext.opengov.budget.service.pictures import flow
from ckanext.opengov.budget.views import drawing
from ckanext.opengov.budget.views.choice import Choice, act, choice

blueprint = Blueprint("opengov_budget_looking", __name__, url_prefix="/budget")

FOLDER = "opengov_budget/lines"
KEPT_SECONDS = 120
PICTURES = ("treemap", "years", "flow")
LINES = 50
TABLE = 200


@blueprint.get("/<name>")
def show(name: str) -> ResponseReturnValue:
    """A place in a budget: treemap, table, years, plan and fact."""
    chosen = choice(name, request.args)
    if chosen is None:
        return _empty(name)
    if chosen.path and not _is_place(chosen):
        return tk.abort(404, tk._("The budget has no such code. Begin at the top."))
    found = drawing.rows(chosen)
    total = sum((row["phases"].get(chosen.phase, Decimal(0)) for row in found), Decimal(0))
    by_year = drawing.years(chosen)
    variables = {
        **_shared(chosen),
        "rows": found[:TABLE],
        "left": max(0, len(found) - TABLE),
        "boxes": {size: drawing.boxes(chosen, found, size) for size in (drawing.WIDE, drawing.NARROW)},
        "total": total if found else _total(chosen),
        "whole": _total(chosen.at("")),
        "by_year": by_year,
        "chart": drawing.year_chart(chosen, by_year),
        "narrow_chart": drawing.year_chart(chosen, by_year, 360, 240),
        "first_lines": [] if found else _lines(chosen, {})["lines"],
        "answers": clarity.answers(chosen.budget["id"], [_place(chosen)]).get(_place(chosen)),
        "place": _place(chosen),
        "related": _related(chosen),
        "price_years": reference.price_years(),
        "plan_of": display.plan_of,
    }
    return _kept(tk.render(f"{FOLDER}/show.html", variables))


def _empty(name: str) -> ResponseReturnValue:
    return tk.render(f"{FOLDER}/empty.html", {"budget": act("budget_show", {"id": name})})


def _is_place(chosen: Choice) -> bool:
    return bool(_crumbs(chosen)) and chosen.depth <= len(chosen.steps)


def _place(chosen: Choice) -> str:
    return f"{chosen.axis}:{chosen.path or '.'}"


def _total(chosen: Choice) -> Decimal:
    cells = act("budget_aggregate", chosen.asked(year=[chosen.year], phase=[chosen.phase]))["cells"]
    return Decimal(cells[0]["amount"]) if cells else Decimal(0)


def _shared(chosen: Choice) -> dict[str, Any]:
    periods = chosen.budget["periods"]
    return {
        "choice": chosen,
        "budget": chosen.budget,
        "crumbs": _crumbs(chosen),
        "words": display.titles(),
        "years": sorted({one["year"] for one in periods}, reverse=True),
        "phases": [
            key for key in display.PHASES if any(one["phase"] == key and one["year"] == chosen.year for one in periods)
        ],
        "axes": _axes(chosen),
        "has_revenue": any(Decimal(one["revenue"]) for one in periods),
        "money": display.money,
        "exact": display.exact,
        "percent": display.percent,
        "colours": drawing.colours,
        "wrapped": drawing.wrapped,
        "shortened": drawing.shortened,
        "sizes": (drawing.WIDE, drawing.NARROW),
    }


def _axes(chosen: Choice) -> list[str]:
    steps = {step for one in chosen.budget["periods"] if one["year"] == chosen.year for step in one["steps"]}
    return [axis for axis in display.AXES if any(step.startswith(f"{axis}.") for step in steps)]


def _crumbs(chosen: Choice) -> list[dict[str, Any]]:
    if not chosen.path:
        return []
    order = {"budget": chosen.budget["id"], "year": chosen.year, "phase": chosen.phase}
    found = act("budget_path_show", {**order, "axis": chosen.axis, "path": chosen.path})
    return [{**one, "url": chosen.url(path=one["path"])} for one in found]


def _kept(page: str) -> Response:
    """The same until the next import: with a tag, and kept by the front."""
    answer = make_response(page)
    answer.add_etag()
    g.opengov_keep_seconds = KEPT_SECONDS
    return cast(Response, answer.make_conditional(request))


def _lines(chosen: Choice, given: dict[str, Any]) -> dict[str, Any]:
    order = {"budget": chosen.budget["name"], "year": chosen.year, "phase": chosen.phase, "order": "amount"}
    found = {**order, "cut": chosen.cut, "direction": chosen.direction, "limit": LINES, **given}
    return act("budget_line_list", {key: value for key, value in found.items() if value is not None})


@blueprint.get("/<name>/lines")
def lines(name: str) -> ResponseReturnValue:
    """The lines behind a figure, largest first."""
    chosen = choice(name, request.args)
    if chosen is None:
        return _empty(name)
    cursor = request.args.get("cursor", "")
    found = _lines(chosen, {"cursor": cursor if cursor.isdigit() else None})
    codes = {line["n"]: links.programme_code(links.codes_of(line)) for line in found["lines"]}
    pages = links.of_codes(codes.values())
    for line in found["lines"]:
        line["place"] = _line_place(line)
        line["links"] = pages.get(codes[line["n"]], [])
    places = [line["place"] for line in found["lines"] if line["place"]]
    variables = {
        **_shared(chosen),
        "found": found,
        "cursor": cursor,
        "answers": clarity.answers(chosen.budget["id"], places),
    }
    return _kept(tk.render(f"{FOLDER}/lines.html", variables))


def _related(chosen: Choice) -> list[Any]:
    codes = {step: one["code"] for step, one in zip(chosen.steps, _crumbs(chosen), strict=False)}
    code = links.programme_code(codes)
    return links.of_codes([code]).get(code, []) if code else []


def _line_place(line: dict[str, Any]) -> str:
    axis = next((axis for axis in ("functional", "programme", "administrative") if line["codes"].get(axis)), None)
    axis = axis or next(iter(line["codes"]), "")
    return f"{axis}:{line['codes'][axis][-1]['path']}" if axis else ""


@blueprint.get("/<name>/flow")
def show_flow(name: str) -> ResponseReturnValue:
    """From which revenue to which spending."""
    chosen = choice(name, request.args)
    if chosen is None:
        return _empty(name)
    sources, uses = drawing.streams(chosen)
    variables = {
        **_shared(chosen),
        "sources": sources,
        "uses": uses,
        "flow": flow.layout(sources, uses, 1000, 560, 250),
        "size": (1000, 580),
    }
    return _kept(tk.render(f"{FOLDER}/flow.html", variables))


@blueprint.get("/<name>/<picture>.<any(svg, png):form>")
def picture(name: str, picture: str, form: str) -> ResponseReturnValue:
    """A picture as a file, to be put into other pages."""
    chosen = choice(name, request.args)
    if picture not in PICTURES or chosen is None:
        return tk.abort(404, tk._("There is no such picture."))
    text = drawing.svg(chosen, picture)
    content: str | bytes = drawing.png(text) if form == "png" else text
    answer = make_response(content)
    answer.content_type = "image/png" if form == "png" else "image/svg+xml; charset=utf-8"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.add_etag()
    g.opengov_keep_seconds = KEPT_SECONDS
    return cast(Response, answer.make_conditional(request))


@blueprint.post("/<name>/clarity")
def answer_clarity(name: str) -> ResponseReturnValue:
    """Whether a place is clear."""
    form = {"budget": name, "place": request.form.get("place", ""), "clear": request.form.get("clear", "")}
    act("budget_clarity_add", form)
    tk.h.flash_success(tk._("Thank you. The agency sees how many people find this clear."))
    back = request.form.get("back", "")
    local = back.startswith("/") and not back.startswith(("//", "/\\"))
    return tk.redirect_to(back if local else tk.h.url_for("opengov_budget_looking.show", name=name))


@blueprint.get("/<name>/lines.csv")
def lines_csv(name: str) -> ResponseReturnValue:
    """All lines of all periods, as the budget's data set has them."""
    budget = budgets.get(act("budget_show", {"id": name})["id"])
    periods = budgets.periods([budget["id"]])
    levels = publishing.levels_of({one.number for one in periods})
    mark = hashlib.sha256(json.dumps(sorted(f"{one.import_id}/{one.place}" for one in periods)).encode()).hexdigest()
    answer = Response(exporting.csv_pieces(periods, levels), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{budget["name"]}.csv"'
    answer.set_etag(mark)
    return cast(Response, answer.make_conditional(request))


@blueprint.get("/<name>/datapackage.json")
def datapackage(name: str) -> ResponseReturnValue:
    """The Fiscal Data Package of a budget."""
    budget = budgets.get(act("budget_show", {"id": name})["id"])
    text = json.dumps(publishing.descriptor(budget), ensure_ascii=False, indent=1)
    return Response(text, content_type="application/json; charset=utf-8")


@blueprint.get("/<name>/versions")
def versions(name: str) -> str:
    """What was imported when, and what each import changed."""
    budget = act("budget_show", {"id": name})
    found = act("budget_import_list", {"budget": name})
    done = [one for one in found if one["state"] == "done"]
    shown = {
        "budget": budget,
        "imports": done,
        "words": display.titles(),
        "exact": display.exact,
        "moment": display.moment,
    }
    return tk.render(f"{FOLDER}/versions.html", shown)
