"""Pages of those who work on programmes: officers of the agency, members of its public council."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.budget.service.people import COUNCIL, INSIDE, WRITERS
from ckanext.opengov.budget.service.programmes import talk
from ckanext.opengov.budget.service.programmes.states import DECISIONS, EXPLAINED, FREE, OF_OFFICERS, SOURCES, VERDICTS
from ckanext.opengov.budget.views import programme_forms as forms
from ckanext.opengov.budget.views.shared import act, listed, need, only_officers, own_agencies, sentences
from ckanext.opengov.civic.service import officers

blueprint = Blueprint("opengov_budget_programmes_work", __name__, url_prefix="/budget_programme")
blueprint.before_request(only_officers)

FOLDER = "opengov_budget/programmes"
REMARK_ROWS = 5


def _to(place: str, reference: str) -> ResponseReturnValue:
    return tk.redirect_to(f"opengov_budget_programmes_work.{place}", reference=reference)


@blueprint.get("/desk")
def index() -> str:
    """The programmes of one's agencies, with what is to be done next."""
    need(INSIDE, tk._("Only officers of an agency’s budget work here."))
    shown = listed("budget_programme_list", {}, mine=True)
    return tk.render(f"{FOLDER}/desk_list.html", {**shown, "may_make": own_agencies(WRITERS), "deeds": OF_OFFICERS})


@blueprint.get("/council")
def council() -> str:
    """What waits for the opinion of one's council, and what it has said."""
    need(COUNCIL, tk._("Only members of a public council work here."))
    waiting = listed("budget_programme_list", {}, mine=True, state="council")
    coming = act("budget_programme_list", {"mine": True, "state": "answering", "limit": 100})
    after = [
        one
        for state in ("replying", "approving", "approved", "reported")
        for one in act("budget_programme_list", {"mine": True, "state": state, "limit": 20})["results"]
    ]
    return tk.render(f"{FOLDER}/council.html", {**waiting, "coming": coming["results"], "after": after})


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The form of a new programme."""
    need(WRITERS, tk._("Only officers of the agency’s budget write its programmes."))
    if request.method == "GET":
        return _form(forms.empty(request.args.get("years", "")), None)
    data = forms.read()
    try:
        made = act("budget_programme_create", {**data, "owner_org": request.form.get("owner_org", "")})
    except tk.ValidationError as error:
        return _form(data, None, sentences(error)), 400
    tk.h.flash_success(tk._("The draft is saved. Only officers of the agency see it until you open its discussion."))
    return _to("desk", made["name"])


@blueprint.route("/<reference>/edit", methods=["GET", "POST"])
def edit(reference: str) -> ResponseReturnValue:
    """The form of a programme that is there."""
    found = act("budget_programme_show", {"id": reference})
    if not tk.h.check_access("budget_programme_update", {"id": found["id"]}):
        tk.abort(403, tk._("Only officers of the agency’s budget write its programmes."))
    if request.method == "GET":
        return _form(found["passport"], found)
    data = forms.read()
    try:
        act("budget_programme_update", {"id": found["id"], **data, "because": forms.because()})
    except tk.ValidationError as error:
        return _form(data, found, sentences(error)), 400
    tk.h.flash_success(tk._("The text is saved."))
    return _to("desk", found["name"])


def _form(data: dict[str, Any], found: dict[str, Any] | None, errors: list[str] | None = None) -> str:
    explains = found is not None and found["state"] in EXPLAINED
    shown = {
        "data": forms.padded(data),
        "programme": found,
        "errors": errors,
        "agencies": [] if found else own_agencies(WRITERS),
        "chosen_agency": request.form.get("owner_org", ""),
        "explains": explains,
        "sources": SOURCES,
        "comments": talk.at_places(found["id"]) if explains and found else {},
        "because": forms.because() if request.method == "POST" else {},
    }
    return tk.render(f"{FOLDER}/edit.html", shown)


@blueprint.get("/<reference>/desk")
def desk(reference: str) -> str:
    """What the agency does next with a programme."""
    return _desk(reference)


def _desk(reference: str, **more: Any) -> str:
    found = act("budget_programme_show", {"id": reference})
    may_write = tk.h.check_access("budget_programme_update", {"id": found["id"]})
    may_moderate = bool(found["events"]) or may_write
    if not may_moderate:
        tk.abort(403, tk._("Only officers of the agency’s budget work here."))
    past = [str(year) for year in found["years"] if year < officers.today().year]
    reported = {one["year"] for one in found["reports"]}
    shown = {
        "programme": found,
        "may_write": may_write and found["state"] in FREE | EXPLAINED,
        "deeds": OF_OFFICERS,
        "decisions": DECISIONS,
        "unmoderated": talk.unmoderated(found["id"]),
        "unanswered": talk.waiting(found["id"]) if may_write else [],
        "years_to_report": [year for year in past if year not in reported],
        "data": forms.padded(found["passport"]) if "amend" in found["events"] else None,
        **more,
    }
    return tk.render(f"{FOLDER}/desk.html", shown)


@blueprint.post("/<reference>/step")
def step(reference: str) -> ResponseReturnValue:
    """The next state of a programme."""
    event = request.form.get("event", "")
    data = {name: request.form.get(name, "") for name in ("reason", "order_number", "order_date", "year")}
    more = forms.OF_EVENTS[event]() if event in forms.OF_EVENTS else {}
    try:
        act("budget_programme_transition", {"id": reference, "event": event, **data, **more})
    except tk.ValidationError as error:
        return _desk(reference, errors=sentences(error), event=event, form=request.form), 400
    tk.h.flash_success(tk._("Done: {what}.").format(what=tk._(OF_OFFICERS[event])))
    return _to("desk", reference)


@blueprint.route("/<reference>/opinion", methods=["GET", "POST"])
def opinion(reference: str) -> ResponseReturnValue:
    """The form of the council's opinion; after a mistake it comes again with its text."""
    found = act("budget_programme_show", {"id": reference})
    if not tk.h.check_access("council_opinion_create", {"id": found["id"]}):
        tk.abort(403, tk._("Only members of the agency’s public council give its opinion."))
    errors: list[str] = []
    if request.method == "POST":
        try:
            act("council_opinion_create", {"id": found["id"], **forms.opinion()})
        except tk.ValidationError as error:
            errors = sentences(error)
        else:
            tk.h.flash_success(tk._("The opinion of the council is published. The agency was told."))
            return tk.redirect_to("opengov_budget_programmes.show", reference=found["name"])
    given = forms.opinion() if errors else {}
    shown = {"programme": found, "errors": errors, "form": given, "verdicts": VERDICTS, "rows": REMARK_ROWS}
    return tk.render(f"{FOLDER}/opinion.html", shown), 400 if errors else 200
