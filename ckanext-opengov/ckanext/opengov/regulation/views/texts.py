"""Texts of acts as files, two versions beside each other, the report with its files."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Response, request, stream_with_context
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import wording
from ckanext.opengov.regulation import act_display as display
from ckanext.opengov.regulation.service import changes, reporting, showing, textfiles
from ckanext.opengov.regulation.service.document.writing.html import HEADED
from ckanext.opengov.regulation.service.report import printing
from ckanext.opengov.regulation.service.report.streams import STREAMS
from ckanext.opengov.regulation.service.versions import redline
from ckanext.opengov.regulation.service.words import AUTHORS, MARKS, OUTCOMES, REMARKS
from ckanext.opengov.regulation.views.acts import blueprint
from ckanext.opengov.regulation.views.shared import FOLDER, act, sentences

__all__ = ["blueprint"]

SANDBOX = "sandbox; default-src 'none'"
ROWS = 100


def _sent(content: bytes, mimetype: str, name: str) -> Response:
    answer = Response(content, content_type=mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers.set("Content-Security-Policy", SANDBOX)
    answer.headers.set("X-Content-Type-Options", "nosniff")
    return answer


# --- the text


@blueprint.get("/draft-act/<number>/text.<any(xml, html, docx, pdf):ending>")
def text(number: str, ending: str) -> ResponseReturnValue:
    """A version as a file: Akoma Ntoso, HTML, DOCX, PDF."""
    wanted = {name: request.args[name] for name in ("version", "language") if request.args.get(name)}
    form = "akn" if ending == "xml" else ending
    try:
        found = act("draft_act_export", {"id": number, "format": form, **wanted})
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))
    return _sent(base64.b64decode(found["content"]), found["mimetype"], found["name"])


# --- two versions


def _wanted() -> dict[str, Any]:
    return {name: request.args[name] for name in ("before", "after", "language") if request.args.get(name)}


@blueprint.get("/draft-act/<number>/compare")
def compare(number: str) -> ResponseReturnValue:
    """Two versions, with what was deleted and put in."""
    is_whole = bool(request.args.get("whole"))
    found = act("draft_act_show", {"id": number})
    if found["is_writer"]:
        request.environ["__no_cache__"] = True
    try:
        diff = act("draft_act_diff", {"id": number, "changes_only": not is_whole, **_wanted()})
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))
    statuses = {status: tk._(title) for status, title in redline.STATUSES.items()}
    versions = {one["number"]: one for one in found["versions"]}
    both = [code for code, _ in display.LANGUAGES if _has(versions, diff, code)]
    variables = {
        "act": display.full(found),
        "diff": diff,
        "rows": [row | {"is_headed": row["kind"] in HEADED} for row in diff["rows"]],
        "statuses": statuses,
        "is_whole": is_whole,
        "languages": [one for one in display.LANGUAGES if one[0] in both],
        "may_link": found["is_writer"],
    }
    return tk.render(f"{FOLDER}/texts/compare.html", variables)


def _has(versions: dict[int, Any], diff: dict[str, Any], code: str) -> bool:
    return all(code in versions[diff[name]]["languages"] for name in ("before", "after"))


@blueprint.get("/draft-act/<number>/compare.<any(docx, pdf):ending>")
def compared_file(number: str, ending: str) -> ResponseReturnValue:
    """The same as a file."""
    changes_only = not request.args.get("whole")
    try:
        diff = act("draft_act_diff", {"id": number, "changes_only": True, **_wanted()})
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))
    found = showing.find(number)
    wanted = {name: diff[name] for name in ("before", "after", "language")}
    two = changes.compared(found, wanted, getattr(current_user, "id", None))
    file = textfiles.compared(found, two, ending, changes_only=changes_only)
    return _sent(file.content, file.mimetype, file.name)


# --- the report


@blueprint.get("/draft-act/<number>/report")
def report(number: str) -> ResponseReturnValue:
    """Every comment with its answer, in the order of the act."""
    found = act("draft_act_show", {"id": number})
    wanted = {"id": number, "limit": ROWS, "cursor": request.args.get("cursor", "")}
    try:
        shown = act("draft_act_report", wanted)
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))
    figures = [(name, tk._(title), shown["figures"].get(name)) for name, title in textfiles.FIGURES.items()]
    variables = {
        "act": display.full(found),
        "report": shown,
        "made": display.minute(shown["made_at"]),
        "figures": [(name, title, value) for name, title, value in figures if value is not None],
        "kinds": {name: tk._(title) for name, title in REMARKS.items()},
        "authors": {name: tk._(title) for name, title in AUTHORS.items()},
        "outcomes": {name: tk._(title) for name, title in OUTCOMES.items()},
        "marks": {name: tk._(title) for name, title in MARKS.items()},
        "most_printed": printing.MOST_ROWS,
    }
    return tk.render(f"{FOLDER}/texts/report.html", variables)


@blueprint.get("/draft-act/<number>/report.<any(csv, json, xml, docx, pdf):ending>")
def report_file(number: str, ending: str) -> ResponseReturnValue:
    """The whole report as a file; the long forms are sent while they are read."""
    # Asks whether the visitor may read it: who sees the act, sees its report.
    act("draft_act_show", {"id": number})
    found, language = showing.find(number), wording.current()
    head = reporting.head(found, language)
    whole = replace(head, rows=reporting.stream(found, language))
    name = f"report-{found.number}.{ending}"
    if ending in STREAMS:
        mimetype, lines = STREAMS[ending]
        answer = Response(stream_with_context(lines(whole)), content_type=mimetype)
        answer.headers.set("Content-Disposition", "attachment", filename=name)
        answer.headers.set("Content-Security-Policy", SANDBOX)
        return answer
    write = printing.word if ending == "docx" else printing.pdf
    return _sent(write(whole, textfiles.words(found, language)), textfiles.MIMETYPES[ending], name)


@blueprint.get("/draft-acts/figures")
def figures() -> str:
    """What the published reports of each agency add up to."""
    rows = act("draft_act_report_figures", {})
    titles = showing.agency_titles({row["agency_id"] for row in rows})
    shown = [row | {"agency": titles.get(row["agency_id"])} for row in rows]
    names = ("commented", "answered", "accepted", "partly", "not_accepted", "out_of_scope")
    columns = [(name, tk._(textfiles.FIGURES[name])) for name in names]
    return tk.render(f"{FOLDER}/texts/figures.html", {"rows": shown, "columns": columns})
