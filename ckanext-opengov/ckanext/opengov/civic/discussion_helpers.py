"""What the templates of the discussion need beside their data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import ckan.plugins.toolkit as tk
from babel.dates import format_date
from babel.numbers import format_decimal
from ckan.common import current_user
from flask import request

from ckanext.opengov.civic.service.privacy.extract import READERS
from ckanext.opengov.civic.service.privacy.pictures import FORMATS
from ckanext.opengov.civic.service.refusal import N_

__all__ = [
    "opengov_comment_time",
    "opengov_discussion",
    "opengov_file_endings",
    "opengov_here",
    "opengov_marked",
    "opengov_next_page",
    "opengov_number",
    "opengov_without",
]

FINDINGS = {
    "iin": N_("IIN"),
    "bin": N_("BIN"),
    "phone": N_("Phone"),
    "email": N_("E-mail"),
    "card": N_("Bank card"),
    "iban": N_("Account number"),
    "address": N_("Address"),
    "vehicle": N_("Number plate"),
}


def opengov_discussion(entity_type: str, entity_id: str, anchor: str | None = None) -> dict[str, Any]:
    """The first page of a discussion, for ``opengov_civic/discussion/thread.html``."""
    context: Any = {"user": current_user.name, "auth_user_obj": current_user}
    subject = {"entity_type": entity_type, "entity_id": entity_id, "anchor": anchor or ""}
    return tk.get_action("comment_list")(context, subject)


def opengov_here() -> str:
    """The address of the page that is shown, without its language, for forms that lead back to it."""
    # A part of a page that a script fetched is no place to go back to: the page that holds it is.
    if request.headers.get("HX-Request"):
        return request.form.get("next") or request.path
    return request.environ["CKAN_CURRENT_URL"]


def opengov_file_endings() -> str:
    """What a form lets one choose. Telephones turn a photo in HEIC into JPEG when that is asked for by its type."""
    return ",".join([*(f".{one}" for one in READERS), *FORMATS.values()])


def opengov_next_page(discussion: Mapping[str, Any], chosen: Mapping[str, str] | None) -> str:
    """The address of the page after this one of the list, in the same order."""
    kept = {**(chosen or {}), "cursor": discussion["next"]}
    return tk.url_for("opengov_discussion.thread", thread_id=discussion["thread"]["id"], **kept)


def opengov_without(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The values without those of these names."""
    return {key: value for key, value in values.items() if key not in names}


def opengov_comment_time(moment: str) -> str:
    """A time of the API as one reads it: day and minute, in the portal's zone and the reader's language."""
    local = dt.datetime.fromisoformat(moment).astimezone(tk.h.get_display_timezone())
    return f"{format_date(local, 'long', locale=tk.h.lang())}, {local:%H:%M}"


def opengov_number(number: int) -> str:
    """A number with its thousands parted as the reader's language does."""
    return format_decimal(number, locale=tk.h.lang())


def opengov_marked(text: str, findings: Sequence[Mapping[str, Any]]) -> list[dict[str, str | None]]:
    """A text in pieces, those with personal data with ``kind`` and ``title``."""
    pieces: list[dict[str, str | None]] = []
    done = 0
    for finding in findings:
        pieces.append({"text": text[done : finding["start"]], "kind": None, "title": None})
        title = tk._(FINDINGS.get(finding["kind"], finding["kind"]))
        pieces.append({"text": text[finding["start"] : finding["end"]], "kind": finding["kind"], "title": title})
        done = finding["end"]
    return [*pieces, {"text": text[done:], "kind": None, "title": None}]
