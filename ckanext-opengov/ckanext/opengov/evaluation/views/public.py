"""Pages that everybody reads: league table, card of an agency with its reasons, compare, map, methodology, results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.regions import region
from ckanext.opengov.civic.service import agencies, ground, wording
from ckanext.opengov.evaluation import display, exporting
from ckanext.opengov.evaluation.model.evaluations import Evaluation, Evidence
from ckanext.opengov.evaluation.service import evidence, showing
from ckanext.opengov.evaluation.service.results import TYPE as RESULTS
from ckanext.opengov.evaluation.views.shared import act, file, form_number, may, own_agencies, page

blueprint = Blueprint("opengov_evaluation", __name__, url_prefix="/evaluation")

CASES = 50
ROWS = 100
COMPARED = 4


def _periods() -> list[dict[str, Any]]:
    return act("evaluation_period_list", {"published": True})


def _chosen(periods: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    wanted = request.args.get("period", "")
    return next((one for one in periods if one["name"] == wanted), periods[0] if periods else None)


@blueprint.get("/", strict_slashes=False)
def index() -> ResponseReturnValue:
    """The league table of a period, by group of peers."""
    periods = _periods()
    period = _chosen(periods)
    if period is None:
        return page("index", periods=[], period=None, may_work=may("evaluation_list"))
    found = act("evaluation_ranking", {"period": period["id"]})
    form = request.args.get("format", "")
    if form in ("csv", "json", "xlsx"):
        return _ranking_file(form, found)
    groups = [(kind, title, [row for row in found["rows"] if row["kind"] == kind]) for kind, title in display.kinds()]
    filled = [one for one in groups if one[2]]
    wanted, offset = request.args.get("kind", ""), form_number("offset")
    chosen = next((one for one in filled if one[0] == wanted), filled[0] if filled else None)
    blocks = _blocks(period["framework_id"])
    return page(
        "index",
        periods=periods,
        period=period,
        groups=filled,
        chosen=chosen,
        offset=offset,
        size=ROWS,
        blocks=blocks,
        ended=found["ended"],
        may_work=may("evaluation_list"),
    )


def _blocks(framework_id: str) -> list[tuple[str, str]]:
    tree = showing.stored.tree(framework_id)
    return [(block.key, showing.pick(block.title)) for block in tree.blocks]


def _ranking_file(form: str, found: Mapping[str, Any]) -> ResponseReturnValue:
    period = found["period"]
    blocks = [key for key, _ in _blocks(period["framework_id"])]
    rows = [{**row, **row["blocks"], "period": period["name"]} for row in found["rows"]]
    return _table_file(form, f"evaluation-{period['name']}", (*exporting.RANKING, *blocks), rows, {"period": period})


def _table_file(
    form: str, name: str, columns: Sequence[str], rows: list[dict[str, Any]], head: Mapping[str, Any]
) -> ResponseReturnValue:
    if form == "csv":
        return file(form, name, exporting.csv_lines(columns, rows))
    content = exporting.as_json(columns, rows, head) if form == "json" else exporting.xlsx(columns, rows)
    return file(form, name, content)


@blueprint.get("/agency/<agency>")
def card(agency: str) -> ResponseReturnValue:
    """One agency: score with its interval and place, radar, trend, reasons, what would raise it, ratings."""
    wish = {"agency": agency, "period": request.args.get("period", "")}
    found = act("evaluation_explain", wish)
    form = request.args.get("format", "")
    name = f"evaluation-{found['agency']['name']}-{found['period']['name']}"
    if form == "pdf":
        return file(form, name, exporting.pdf(found, wording.current()))
    if form in ("csv", "json", "xlsx"):
        head = {one: found[one] for one in ("agency", "kind", "period", "score", "exact", "low", "high")}
        return _table_file(form, name, exporting.STEPS, found["steps"], head)
    trend = act("evaluation_trend", {"agency": agency, "period": found["period"]["id"]})
    return page(
        "card",
        card=found,
        row=found["standing"],
        peers=found["standing"]["peers"],
        kind=dict(display.kinds())[found["kind"]],
        radar=_radar([found]),
        trend=trend,
        line=display.line(trend),
        ratings=act("evaluation_ratings", {"agency": found["agency"]["id"]}),
    )


def _radar(cards: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The criteria as axes."""
    steps = [step for step in cards[0]["steps"] if step["level"] == 1]
    series = []
    for one in cards:
        known = {step["key"]: step["points"] for step in one["steps"] if step["level"] == 1}
        series.append([None if known.get(s["key"]) is None else float(known[s["key"]]) for s in steps])
    return display.radar([step["title"] for step in steps], series)


@blueprint.get("/agency/<agency>/cases/<indicator>")
def cases(agency: str, indicator: str) -> str:
    """The cases behind an indicator that the portal counted."""
    wish = {"agency": agency, "period": request.args.get("period", "")}
    offset = form_number("offset")
    found = act("evaluation_cases", {**wish, "indicator": indicator, "offset": offset, "limit": CASES})
    whole = act("evaluation_explain", wish)
    step = next(one for one in whole["steps"] if one["key"] == indicator)
    return page("cases", card=whole, step=step, found=found, offset=offset, size=CASES)


@blueprint.get("/compare")
def compare() -> str:
    """Some agencies beside each other, in one period."""
    periods = _periods()
    period = _chosen(periods)
    if period is None:
        return page("compare", period=None, cards=[], rows=[], periods=[])
    table = act("evaluation_ranking", {"period": period["id"]})["rows"]
    known = {row["agency"]: row for row in table}
    names = [one for one in dict.fromkeys(request.args.getlist("agency")) if one in known][:COMPARED]
    cards = [act("evaluation_explain", {"agency": one, "period": period["id"]}) for one in names]
    return page(
        "compare",
        period=period,
        periods=periods,
        cards=cards,
        names=names,
        table=sorted(table, key=lambda row: row["title"].casefold()),
        radar=_radar(cards) if cards else None,
        most=COMPARED,
    )


@blueprint.get("/map")
def regions_map() -> str:
    """Akimats and their departments on the map of the country."""
    periods = _periods()
    period = _chosen(periods)
    rows = act("evaluation_ranking", {"period": period["id"]})["rows"] if period else []
    places = {one.region: one for one in ground.places()}
    by_region: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["kind"] != "central" and row["region"]:
            by_region.setdefault(row["region"], []).append(row)
    shown = []
    for kato, found in by_region.items():
        place, known = places.get(kato), region(kato)
        scores = [float(row["score"]) for row in found if row["score"] is not None]
        if place is None or known is None or not scores:
            continue
        x, y = ground.project(place.latitude, place.longitude)
        mean = sum(scores) / len(scores)
        shown.append(
            {
                "title": known.title(wording.current()),
                "x": x,
                "y": y,
                "mean": mean,
                "rows": found,
                "before": place.longitude > 77,
            }
        )
    shown.sort(key=lambda one: -one["mean"])
    return page("map", period=period, periods=periods, places=shown, outline=ground.outline(), box=ground.Window().box)


@blueprint.get("/method/<framework>")
def method(framework: str) -> ResponseReturnValue:
    """The methodology, written by the framework itself."""
    found = act("evaluation_framework_show", {"id": framework})
    if request.args.get("format") == "yaml":
        name = f"{found['name']}-{found['version']}"
        answer = file("csv", name, found["yaml"])
        answer.headers["Content-Type"] = "text/yaml; charset=utf-8"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}.yaml"'
        return answer
    tree = showing.stored.tree(found["id"])
    versions = [one for one in act("evaluation_framework_list") if one["name"] == found["name"]]
    return page("method", framework=found, tree=tree, pick=showing.pick, versions=versions, kinds=dict(display.kinds()))


@blueprint.get("/results/<agency>")
def results(agency: str) -> ResponseReturnValue:
    """What the agency reports: target indicators by year, official results by block, and what people say of them."""
    group = agencies.find(agency)
    if group is None:
        return tk.abort(404, tk._("There is no agency “{id}”.").format(id=agency[:60]))
    found = act("evaluation_results_list", {"owner_org": group.id})
    form = request.args.get("format", "")
    columns = ("plan", "code", "title", "unit", "direction", "year", "planned", "reached", "reason")
    if form in ("csv", "json", "xlsx"):
        return _table_file(form, f"targets-{group.name}", columns, found["targets"], {"agency": group.name})
    years = sorted({row["year"] for row in found["targets"]}, reverse=True)
    wanted = form_number("year")
    year = wanted if wanted in years else (years[0] if years else None)
    return page(
        "results",
        agency={"name": group.name, "id": group.id, "title": _title(group)},
        years=years,
        year=year,
        targets=[row for row in found["targets"] if row["year"] == year],
        official=found["official"],
        entity_type=RESULTS,
        is_own=any(one["name"] == group.name for one in own_agencies()),
    )


def _title(group: Any) -> str:
    return agencies.shown_title(group.name, group.title, (group.extras or {}).get("title_translated"))


@blueprint.get("/evidence/<evidence_id>")
def proof(evidence_id: str) -> ResponseReturnValue:
    """A file of evidence: of a published evaluation for everybody, before for those who work on it."""
    one = model.Session.get(Evidence, evidence_id)
    evaluation = model.Session.get(Evaluation, one.evaluation_id) if one else None
    if one is None or evaluation is None or one.sha256 is None:
        return tk.abort(404)
    if evaluation.state != "published":
        act("evaluation_show", {"id": evaluation.id})
    if evidence.state(one) != "there":
        return tk.abort(404, tk._("The file is gone or is not the one that was given."))
    answer = file("csv", "evidence", evidence.path_of(one).read_bytes())
    answer.headers["Content-Type"] = "application/octet-stream"
    answer.headers.set("Content-Disposition", "attachment", filename=one.file_name)
    return answer


@blueprint.get("/<evaluation_id>")
def show(evaluation_id: str) -> ResponseReturnValue:
    """The page of an evaluation's package is the card of its agency."""
    found = act("evaluation_explain", {"id": _id_of(evaluation_id)})
    return tk.redirect_to("opengov_evaluation.card", agency=found["agency"]["name"], period=found["period"]["name"])


def _id_of(reference: str) -> str:
    package = model.Package.get(reference)
    return package.id if package else reference
