"""Pages of audits: the list with totals, an audit with its findings, the desk, the forms."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.budget.service.audits.rules import KINDS, STATES, VIOLATIONS
from ckanext.opengov.budget.service.people import WRITERS
from ckanext.opengov.budget.service.programmes import money
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

blueprint = Blueprint("opengov_budget_audits", __name__, url_prefix="/audit_result")

FOLDER = "opengov_budget/audits"
PLAIN = ("kind", "audited", "period_from", "period_until", "amount", "act_number", "act_date")
OF_BODY = ("violation", "amount", "deadline", "responsible", "programme_code", "line_code")


@blueprint.get("/", strict_slashes=False)
def index() -> str:
    """All audits, and what they found and what was cured in each agency."""
    filters = chosen("kind", "agency", "year")
    shown = listed("audit_result_list", filters)
    asked = {name: text for name, text in shown["chosen"].items() if name in ("agency", "year")}
    more = {"totals": act("audit_result_totals", asked), "kinds": KINDS, "agencies": all_agencies()}
    return tk.render(f"{FOLDER}/index.html", {**shown, **more, "may_make": own_agencies(WRITERS)})


@blueprint.get("/desk")
def work() -> ResponseReturnValue:
    """Audits that one's agency writes, and those of it."""
    if (answer := only_officers()) is not None:
        return answer
    need(WRITERS, tk._("Only officers of an agency’s budget work here."))
    places = own_agencies(WRITERS)[:20]
    found = []
    for place in places:
        written = act("audit_result_list", {"body": place["name"], "limit": 50})["results"]
        of_it = act("audit_result_list", {"agency": place["name"], "limit": 50})["results"]
        if written or of_it:
            found.append({"agency": place, "written": written, "of_it": of_it})
    return tk.render(f"{FOLDER}/desk.html", {"places": found})


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The form of a new audit."""
    if (answer := only_officers()) is not None:
        return answer
    need(WRITERS, tk._("Only officers of the auditing body write its results."))
    if request.method == "GET":
        return _form({}, None)
    data = _read()
    try:
        made = act("audit_result_create", {**data, "owner_org": request.form.get("owner_org", "")})
    except tk.ValidationError as error:
        return _form(data, None, sentences(error)), 400
    return tk.redirect_to("opengov_budget_audits.show", reference=made["name"])


@blueprint.route("/<reference>/edit", methods=["GET", "POST"])
def edit(reference: str) -> ResponseReturnValue:
    """The form of what is said of the audit itself."""
    if (answer := only_officers()) is not None:
        return answer
    found = act("audit_result_show", {"id": reference})
    if not tk.h.check_access("audit_result_update", {"id": found["id"]}):
        tk.abort(403, tk._("Only officers of the auditing body write its results."))
    if request.method == "GET":
        stored = {"title": found["title_translated"], "summary": found["summary_translated"]}
        return _form({**found, **stored, "audited": found["audited"]["name"]}, found)
    data = _read()
    try:
        act("audit_result_update", {"id": found["id"], **data})
    except tk.ValidationError as error:
        return _form(data, found, sentences(error)), 400
    return tk.redirect_to("opengov_budget_audits.show", reference=found["name"])


def _read() -> dict[str, Any]:
    plain = {name: request.form.get(name, "") for name in PLAIN}
    return {**plain, "title": given_texts("title"), "summary": given_texts("summary")}


def _form(data: dict[str, Any], found: dict[str, Any] | None, errors: list[str] | None = None) -> str:
    shown = {
        "data": {"title": {}, "summary": {}, **data},
        "audit": found,
        "errors": errors,
        "agencies": [] if found else own_agencies(WRITERS),
        "chosen_agency": request.form.get("owner_org", ""),
        "all_agencies": all_agencies(),
        "kinds": KINDS,
    }
    return tk.render(f"{FOLDER}/edit.html", shown)


@blueprint.get("/<reference>")
def show(reference: str) -> str:
    """One audit with its findings."""
    return _page(reference)


def _page(reference: str, **more: Any) -> str:
    found = act("audit_result_show", {"id": reference})
    codes = {one["programme_code"] for one in found["findings"] if one["programme_code"]}
    lines = {code: places[0] for code in codes if (places := money.places(code))}
    page = {"audit": found, "violations": VIOLATIONS, "states": STATES, "lines": lines, **more}
    return tk.render(f"{FOLDER}/show.html", page)


@blueprint.post("/<reference>/step")
def step(reference: str) -> ResponseReturnValue:
    """Publish or withdraw an audit."""
    data = {"id": reference, "event": request.form.get("event", ""), "reason": request.form.get("reason", "")}
    try:
        act("audit_result_transition", data)
    except tk.ValidationError as error:
        tk.h.flash_error(" ".join(sentences(error)))
    return tk.redirect_to("opengov_budget_audits.show", reference=reference)


@blueprint.post("/<reference>/finding")
def finding(reference: str) -> ResponseReturnValue:
    """Add a finding or change one; after a mistake the form comes again with what was typed."""
    number = request.form.get("number", "")
    data: dict[str, Any] = {"number": number} if number else {}
    if "violation" in request.form:
        data |= {name: request.form.get(name, "") for name in OF_BODY}
        data |= {name: given_texts(name) for name in ("object", "recommendation")}
    data |= {name: request.form[name] for name in ("state", "cured_amount", "note") if name in request.form}
    if "evidence_title" in request.form:
        pairs = zip(request.form.getlist("evidence_title"), request.form.getlist("evidence_url"), strict=False)
        data["evidence"] = [{"title": title or url, "url": url} for title, url in pairs if title.strip() or url.strip()]
    try:
        made = act("audit_finding_upsert", {"audit_id": reference, **data})
    except tk.ValidationError as error:
        return _page(reference, errors=sentences(error), form=data), 400
    place = tk.url_for("opengov_budget_audits.show", reference=reference)
    return tk.redirect_to(f"{place}#finding-{made['number']}")
