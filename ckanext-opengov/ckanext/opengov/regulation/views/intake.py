"""The desk: a file is read, shown with every doubt, and taken over; a change is linked to the comments it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from flask import request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.regulation import act_display as display
from ckanext.opengov.regulation.service.document import labels
from ckanext.opengov.regulation.service.words import PARTS
from ckanext.opengov.regulation.views.desk import blueprint
from ckanext.opengov.regulation.views.shared import FOLDER, act, errors, sentences

__all__ = ["blueprint"]

KINDS: Mapping[str, str] = {
    **PARTS,
    "preface": N_("Title of the act"),
    "preamble": N_("Preamble"),
    "conclusions": N_("Signature of the act"),
    "annex": N_("Annex"),
    "subsection": N_("Subsection"),
    "subchapter": N_("Subchapter"),
    "point": N_("Point"),
    "alinea": N_("Passage without a number"),
}


@blueprint.route("/<number>/import", methods=["GET", "POST"])
def import_text(number: str) -> ResponseReturnValue:
    """Choose a file; then see what it was taken to say."""
    found = act("draft_act_show", {"id": number})
    if not found["is_writer"]:
        return tk.abort(403, tk._("Only officers of the agency that develops the act do this."))
    if request.method == "GET":
        return _page(found, None, {})
    data = {"id": number, "language": request.form.get("language", ""), "file": request.files.get("file") or ""}
    try:
        reading = act("draft_act_import", data)
    except tk.ValidationError as error:
        return _page(found, None, errors(error)), 400
    return _page(found, reading, {})


def _page(found: dict[str, Any], reading: dict[str, Any] | None, wrong: dict[str, Any]) -> str:
    shown = _shown(reading) if reading else None
    variables = {
        "act": display.full(found),
        "reading": shown,
        "errors": wrong,
        "languages": display.LANGUAGES,
        "language": request.form.get("language") or tk.h.lang(),
    }
    return tk.render(f"{FOLDER}/texts/import.html", variables)


def _shown(reading: dict[str, Any]) -> dict[str, Any]:
    counts = [(tk._(KINDS.get(kind, kind)), number) for kind, number in reading["counts"].items()]
    doubtful = {doubt["eid"] for doubt in reading["doubts"] if doubt["eid"]}
    rows = list(_rows(reading["parts"], reading["language"], doubtful, 0))
    return reading | {"counted": counts, "rows": rows, "language_name": dict(display.LANGUAGES)[reading["language"]]}


def _rows(parts: list[dict[str, Any]], language: str, doubtful: set[str], level: int) -> Any:
    for one in parts:
        label = labels.printed(one["kind"], one["number"], language)
        yield one | {"level": level, "label": label, "is_doubtful": one["eid"] in doubtful}
        yield from _rows(one["children"], language, doubtful, level + 1)


@blueprint.post("/<number>/import/take")
def take_over(number: str) -> ResponseReturnValue:
    """What was shown becomes the text."""
    try:
        act("draft_act_import", {"id": number, "reading": request.form.get("reading", "")})
    except tk.ValidationError as error:
        tk.h.flash_error(sentences(error))
        return tk.redirect_to("opengov_regulation_desk.import_text", number=number)
    tk.h.flash_success(tk._("The text is taken over. Read it once more before you publish it."))
    return tk.redirect_to("opengov_regulation_desk.show", number=number)


@blueprint.post("/<number>/link")
def link(number: str) -> ResponseReturnValue:
    """A change answers a comment, or does not after all."""
    names = ("version", "eid", "comment_id", "remove")
    data = {name: request.form.get(name, "").strip() for name in names if request.form.get(name)}
    # An officer copies the address of the comment's page.
    data["comment_id"] = data.get("comment_id", "").rstrip("/").rpartition("/")[2].partition("?")[0]
    try:
        act("draft_act_change_link", {"id": number, **data})
    except tk.ValidationError as error:
        tk.h.flash_error(sentences(error))
    back = {name: request.form[name] for name in ("before", "language") if request.form.get(name)}
    anchor = f"change-{data.get('eid', '')}"
    return tk.redirect_to(
        "opengov_regulation.compare", number=number, after=data.get("version"), **back, _anchor=anchor
    )
