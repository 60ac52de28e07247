"""Pages of polls: the list, a poll with its form and results, the files, and the officers' forms."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import agencies, drafts, officers, wording
from ckanext.opengov.civic.service.calendar import ALMATY
from ckanext.opengov.dialog import poll_display as display
from ckanext.opengov.dialog.service.polls import finding, forms, life, results
from ckanext.opengov.dialog.service.polls.questions import LANGUAGES
from ckanext.opengov.dialog.service.polls.rules import PollRefusal

blueprint = Blueprint("opengov_dialog_polls", __name__, url_prefix="/poll")

FOLDER = "opengov_dialog/polls"
PAGE = 20
TABS = ("", "open", "announced", "closed")


def _context() -> Any:
    return {"user": current_user.name, "auth_user_obj": current_user}


def _act(action: str, data: dict[str, Any]) -> Any:
    """Call an action for a page; what may not be seen is not found."""
    try:
        return tk.get_action(action)(_context(), data)
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    except tk.NotAuthorized as error:
        return tk.abort(403 if current_user.is_authenticated else 401, str(error))


def _errors(error: tk.ValidationError) -> dict[str, str]:
    given = cast(Mapping[str, Any], error.error_dict)
    return {name: " ".join(str(text) for text in texts) for name, texts in given.items()}


def _may_make() -> bool:
    try:
        tk.check_access("poll_create", _context(), {})
    except tk.NotAuthorized:
        return False
    return True


@blueprint.get("/", strict_slashes=False)
def index() -> str:
    """The polls, running ones first."""
    may_make = _may_make()
    known = (*TABS, "draft") if may_make else TABS
    state = request.args.get("state", "")
    state = state if state in known else ""
    page = tk.h.get_page_number(request.args)
    found = _act("poll_list", {"state": state, "offset": (page - 1) * PAGE, "limit": PAGE})
    shown = {
        "polls": [display.poll(one) for one in found["results"]],
        "count": found["count"],
        "state": state,
        "states": known,
        "page": page,
        "pages": -(-found["count"] // PAGE),
        "may_make": may_make,
    }
    return tk.render(f"{FOLDER}/index.html", shown)


@blueprint.get("/<poll_id>")
def show(poll_id: str) -> str:
    """One poll: its questions as a form while it is open, its figures when they may be seen."""
    return _page(_act("poll_show", {"id": poll_id}))


def _page(found: dict[str, Any], **more: Any) -> str:
    counted = _act("poll_results", {"id": found["id"]})
    variables = {
        "poll": display.poll(found, counted if counted["shown"] else None),
        "final": counted["final"],
        "form": {},
        "errors": {},
        "checked": None,
        **more,
    }
    return tk.render(f"{FOLDER}/show.html", variables)


@blueprint.post("/<poll_id>/vote")
def vote(poll_id: str) -> ResponseReturnValue:
    """A ballot. The receipt is shown in the answer itself and kept nowhere."""
    request.environ["__no_cache__"] = True
    found = _act("poll_show", {"id": poll_id})
    try:
        given = forms.choices(found["questions"], request.form)
        made = _act("poll_vote", {"id": found["id"], "choices": given})
    except PollRefusal as error:
        return _page(found, form=request.form, errors={error.place: error.translated()}), 400
    except tk.ValidationError as error:
        return _page(_act("poll_show", {"id": poll_id}), form=request.form, errors=_errors(error)), 400
    return tk.render(f"{FOLDER}/receipt.html", {"poll": display.poll(found), "receipt": made["receipt"]})


@blueprint.post("/<poll_id>/receipt")
def receipt(poll_id: str) -> ResponseReturnValue:
    """Whether a receipt is in the list. By a form that is posted: codes do not belong into addresses."""
    found = _act("poll_show", {"id": poll_id})
    try:
        checked = _act("poll_receipt_verify", {"id": found["id"], "receipt": request.form.get("receipt", "")})
    except tk.ValidationError as error:
        return _page(found, errors=_errors(error)), 400
    return _page(found, checked=checked)


@blueprint.get("/<poll_id>/recount.ndjson")
def recount(poll_id: str) -> Response:
    """The file from which anybody computes the figures again."""
    _act("poll_show", {"id": poll_id})
    poll = finding.get(poll_id)
    if not finding.is_over(poll):
        return tk.abort(404, tk._("A poll can be recounted when it has ended."))
    lines = results.recount_lines(results.recount_head(poll))
    return _file(lines, f"poll-{poll.id}.ndjson", "application/x-ndjson")


@blueprint.get("/<poll_id>/results.<any(csv, json):form>")
def export(poll_id: str, form: str) -> Response:
    """The figures as a file."""
    found = _act("poll_results", {"id": poll_id})
    if not found["shown"]:
        return tk.abort(404, tk._("There are no results to show yet."))
    poll = finding.get(poll_id)
    name = f"poll-{poll.id}-results.{form}"
    if form == "json":
        return _file([json.dumps(found, ensure_ascii=False, indent=1)], name, "application/json")
    rows = list(results.table(poll, wording.current(), wording.pick))
    return _file(_csv(rows), name, "text/csv; charset=utf-8")


def _csv(rows: list[list[Any]]) -> Iterator[str]:
    # Spreadsheet programmes know by this sign that the file is UTF-8.
    yield "\ufeff"
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([_plain(cell) for cell in row])
        yield line.getvalue()


def _plain(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula is shown as text."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell


def _file(content: Any, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(content, headers=headers, content_type=kind)


# --- for officers


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Draft a poll."""
    if not _may_make():
        return tk.abort(403 if current_user.is_authenticated else 401, tk._("Only officers of agencies make polls."))
    if request.method == "GET" or "more" in request.form:
        return _edit_page(_form_data() if request.form else {"questions": [{}]})
    data = _form_data()
    try:
        made = _act("poll_create", data)
    except tk.ValidationError as error:
        return _edit_page(data, _errors(error)), 400
    return tk.redirect_to("opengov_dialog_polls.show", poll_id=made["id"])


@blueprint.route("/<poll_id>/edit", methods=["GET", "POST"])
def edit(poll_id: str) -> ResponseReturnValue:
    """Change a poll before the first vote."""
    found = _act("poll_show", {"id": poll_id})
    if not found["may_manage"]:
        return tk.abort(403, tk._("Only publishers and moderators of the agency change its polls."))
    if request.method == "GET":
        return _edit_page(found, poll=found)
    data = _form_data()
    if "more" in request.form:
        return _edit_page(data, poll=found)
    try:
        _act("poll_update", {**data, "id": found["id"]})
    except tk.ValidationError as error:
        return _edit_page(data, _errors(error), found), 400
    return tk.redirect_to("opengov_dialog_polls.show", poll_id=found["id"])


def _form_data() -> dict[str, Any]:
    names = ("owner_org", "level", "results_when")
    return {
        **{name: request.form[name] for name in names if request.form.get(name)},
        **{name: forms.moment(request.form.get(name, ""), ALMATY) for name in ("starts_at", "ends_at")},
        "title": forms.by_language(request.form, "title"),
        "notes": forms.by_language(request.form, "notes"),
        "questions": forms.questions(request.form),
    }


def _edit_page(data: dict[str, Any], errors: dict[str, str] | None = None, poll: Any = None) -> str:
    blocks = forms.blocks(data["questions"])
    if "more" in request.form or not blocks:
        blocks.append({})
    if request.method == "GET":
        # The script fills the form from the draft; questions that were added to it need their fields.
        kept = drafts.find(current_user.id, f"poll-{poll['id'] if poll else 'new'}")
        blocks += [{} for _ in range(forms.blocks_of(kept.data if kept else ()) - len(blocks))]
    for name in ("starts_at", "ends_at"):
        given = data.get(name) or ""
        data = data | {name: forms.local(given, ALMATY) if "+" in given else given}
    user = current_user
    own = officers.agencies_of(user.id, life.OFFICERS, life.COMPONENT)
    variables = {
        "data": data,
        "blocks": blocks,
        "errors": errors or {},
        "poll": display.poll(poll) if poll else None,
        "agencies": agencies.options(None if user.sysadmin else frozenset(own)),
        "languages": [(code, tk._(display.LANGUAGES[code])) for code in LANGUAGES],
        "kinds": [(kind, tk._(title)) for kind, title in display.KINDS.items()],
        "levels": [(name, tk._(title)) for name, title in display.LEVELS.items()],
        "results": [(name, tk._(title)) for name, title in display.RESULTS.items()],
    }
    return tk.render(f"{FOLDER}/edit.html", variables)


@blueprint.post("/<poll_id>/step")
def step(poll_id: str) -> ResponseReturnValue:
    """One step on."""
    conclusion = forms.by_language(request.form, "conclusion")
    data = {"id": poll_id, "event": request.form.get("event", ""), "conclusion": conclusion}
    try:
        _act("poll_transition", data)
    except tk.ValidationError as error:
        tk.h.flash_error(" ".join(_errors(error).values()))
    return tk.redirect_to("opengov_dialog_polls.show", poll_id=poll_id)


@blueprint.route("/<poll_id>/texts", methods=["GET", "POST"])
def texts(poll_id: str) -> ResponseReturnValue:
    """Answers in own words before a moderator."""
    found = _act("poll_show", {"id": poll_id})
    if request.method == "POST":
        data = {"id": found["id"], "ids": request.form.getlist("ids")}
        chosen = {"state": request.form.get("state", ""), "reason": request.form.get("reason", "")}
        try:
            _act("poll_text_moderate", data | chosen)
        except tk.ValidationError as error:
            tk.h.flash_error(" ".join(_errors(error).values()))
        return tk.redirect_to("opengov_dialog_polls.texts", poll_id=found["id"])
    waiting = _act("poll_text_list", {"id": found["id"]})
    poll = display.poll(found)
    names = {question["id"]: question["text"] for question in poll["questions"]}
    return tk.render(f"{FOLDER}/texts.html", {"poll": poll, "waiting": waiting, "names": names})
