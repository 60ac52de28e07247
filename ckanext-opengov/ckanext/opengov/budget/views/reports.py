"""Pages of budget reports: the list, a report, the calendar of duties, the officers' form."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.budget.service.people import WRITERS
from ckanext.opengov.budget.service.reports import duties
from ckanext.opengov.budget.service.reports.figures import DIRECTIONS
from ckanext.opengov.budget.service.reports.kinds import KINDS, LEVELS
from ckanext.opengov.budget.views.shared import (
    act,
    all_agencies,
    chosen,
    given_texts,
    listed,
    need,
    only_officers,
    own_agencies,
    sentences,
)

blueprint = Blueprint("opengov_budget_reports", __name__, url_prefix="/budget_report")

FOLDER = "opengov_budget/reports"
MORE_ROWS = 5
MOST_ROWS = 250


@blueprint.get("/", strict_slashes=False)
def index() -> str:
    """All reports, the latest first."""
    shown = listed("budget_report_list", chosen("kind", "level", "agency", "year"))
    more = {"kinds": KINDS, "levels": LEVELS, "agencies": all_agencies(), "may_make": own_agencies(WRITERS)}
    return tk.render(f"{FOLDER}/index.html", {**shown, **more})


@blueprint.get("/calendar")
def calendar() -> str:
    """Who owes which report by when, and who is late."""
    filters = chosen("agency", "late")
    try:
        found = act("budget_duty_list", dict(filters))
    except tk.ValidationError:
        filters = {}
        found = act("budget_duty_list", {})
    may_assign = tk.h.check_access("budget_duty_assign", {})
    page = {"found": found, "chosen": filters, "agencies": all_agencies(), "may_assign": may_assign}
    return tk.render(f"{FOLDER}/calendar.html", page)


@blueprint.post("/calendar")
def assign() -> ResponseReturnValue:
    """Put an agency down for a duty."""
    data = {name: request.form.get(name, "") for name in ("duty", "agency", "since", "until")}
    try:
        act("budget_duty_assign", data)
    except tk.ValidationError as error:
        tk.h.flash_error(" ".join(sentences(error)))
    else:
        tk.h.flash_success(tk._("The agency is put down for the report."))
    return tk.redirect_to("opengov_budget_reports.calendar")


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The form of a new report."""
    if (answer := only_officers()) is not None:
        return answer
    need(WRITERS, tk._("Only officers of the agency’s budget write its reports."))
    if request.method == "GET":
        return _form(_owed(), None)
    data = _read()
    try:
        made = act("budget_report_create", {**data, "owner_org": request.form.get("owner_org", "")})
    except tk.ValidationError as error:
        return _form(data, None, sentences(error)), 400
    return tk.redirect_to("opengov_budget_reports.show", reference=made["name"])


def _owed() -> dict[str, Any]:
    """What the address says of a report that is owed."""
    duty = duties.known().get(request.args.get("duty", ""))
    period = request.args.get("period", "")
    if duty is None:
        return {"period": period}
    title = {code: f"{text}, {period}" for code, text in duty.title.items()}
    return {"kind": duty.kind, "level": duty.level, "period": period, "title": title}


@blueprint.route("/<reference>/edit", methods=["GET", "POST"])
def edit(reference: str) -> ResponseReturnValue:
    """The form of a draft."""
    if (answer := only_officers()) is not None:
        return answer
    found = act("budget_report_show", {"id": reference})
    if not tk.h.check_access("budget_report_update", {"id": found["id"]}):
        tk.abort(403, tk._("Only officers of the agency’s budget write its reports."))
    if request.method == "GET":
        stored = {"title": found["title_translated"], "summary": found["summary_translated"]}
        return _form({**found, **stored}, found)
    data = _read()
    try:
        act("budget_report_update", {"id": found["id"], **data})
    except tk.ValidationError as error:
        return _form(data, found, sentences(error)), 400
    return tk.redirect_to("opengov_budget_reports.show", reference=found["name"])


def _read() -> dict[str, Any]:
    """What the form says."""
    rows = []
    for place in range(1, MOST_ROWS + 1):
        name = f"row_{place}"
        if f"{name}_title_kk" not in request.form:
            break
        title = given_texts(f"{name}_title")
        numbers = {one: request.form.get(f"{name}_{one}", "") for one in ("code", "direction", "planned", "actual")}
        if any(title.values()) or numbers["planned"] or numbers["actual"]:
            rows.append({"title": title, **numbers})
    link = request.form.get("link", "").strip()
    plain = {name: request.form.get(name, "") for name in ("kind", "level", "period", "budget")}
    return {
        **plain,
        "title": given_texts("title"),
        "summary": given_texts("summary"),
        "figures": {"scale": request.form.get("scale", "1000"), "rows": rows},
        "links": [{"title": link, "url": link}] if link else [],
    }


def _form(data: dict[str, Any], found: dict[str, Any] | None, errors: list[str] | None = None) -> str:
    blank: dict[str, Any] = {"title": {}, "direction": "expenditure"}
    rows = [*data.get("figures", {}).get("rows", []), *([blank] * MORE_ROWS)]
    shown = {
        "data": {"title": {}, "summary": {}, "figures": {}, "links": [], **data},
        "rows": rows,
        "report": found,
        "errors": errors,
        "agencies": [] if found else own_agencies(WRITERS),
        "chosen_agency": request.form.get("owner_org") or request.args.get("agency", ""),
        "kinds": {name: title for name, title in KINDS.items() if name != "programme"},
        "levels": LEVELS,
        "directions": DIRECTIONS,
    }
    return tk.render(f"{FOLDER}/edit.html", shown)


@blueprint.get("/<reference>")
def show(reference: str) -> str:
    """One report."""
    found = act("budget_report_show", {"id": reference})
    return tk.render(f"{FOLDER}/show.html", {"report": found, "directions": DIRECTIONS})


@blueprint.post("/<reference>/step")
def step(reference: str) -> ResponseReturnValue:
    """Publish or withdraw a report."""
    data = {"id": reference, "event": request.form.get("event", ""), "reason": request.form.get("reason", "")}
    try:
        act("budget_report_transition", data)
    except tk.ValidationError as error:
        tk.h.flash_error(" ".join(sentences(error)))
    return tk.redirect_to("opengov_budget_reports.show", reference=reference)
