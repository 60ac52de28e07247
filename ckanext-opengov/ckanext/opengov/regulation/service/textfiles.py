"""Texts, redlines and reports of acts as files, with the words of the reader's language around them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service import agencies, wording
from ckanext.opengov.civic.service.calendar import local_date
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.regulation.model.acts import DraftAct, Version
from ckanext.opengov.regulation.service import clock, moving, storing
from ckanext.opengov.regulation.service.changes import Compared
from ckanext.opengov.regulation.service.document.tree import Document
from ckanext.opengov.regulation.service.document.writing import akoma_ntoso, docx, html, pdf
from ckanext.opengov.regulation.service.report import printing
from ckanext.opengov.regulation.service.versions import files, redline
from ckanext.opengov.regulation.service.words import AUTHORS, LANGUAGES, OUTCOMES, REMARKS

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MIMETYPES = {
    "akn": "application/akn+xml",
    "html": "text/html; charset=utf-8",
    "docx": WORD,
    "pdf": "application/pdf",
}
ENDINGS = {"akn": "xml", "html": "html", "docx": "docx", "pdf": "pdf"}
FIGURES: Mapping[str, str] = {
    "commented": N_("Comments"),
    "answered": N_("Answered"),
    "accepted": N_("Accepted"),
    "partly": N_("Accepted in part"),
    "not_accepted": N_("Not accepted"),
    "out_of_scope": N_("Not about this act"),
    "unkept": N_("Accepted, but the text has not changed"),
    "in_time": N_("Answered in time"),
}


@dataclass(frozen=True, slots=True)
class File:
    """A file of an act."""

    name: str
    mimetype: str
    version: int
    language: str
    content: bytes


def _fonts() -> str:
    return tk.config["opengov.regulation.fonts"]


def _agency(act: DraftAct, language: str) -> tuple[str, str]:
    """The agency's name and the address of its page."""
    query = sa.select(model.Group.name, model.Group.title, agencies.TITLES).where(model.Group.id == act.agency_id)
    found = model.Session.execute(query).first()
    if found is None:
        return act.agency_id, tk.config["ckan.site_url"]
    title = wording.pick(agencies.titles(found[2]), language) or found[1] or found[0]
    return title, wording.address(f"/organization/{found[0]}", wording.known(None))


# --- the text


def act(found: DraftAct, wanted: Mapping[str, Any], user_id: str | None) -> File:
    """A version of an act in one language and format.

    :raises ObjectNotFound: when there is none, or none that they may read
    """
    version = moving.version_for(found, wanted.get("version"), user_id)
    text = storing.read(version.id)
    asked = wanted.get("language") or wording.current()
    language = asked if text.get(asked) else next((code for code in LANGUAGES if text.get(code)), "")
    if not language:
        raise tk.ObjectNotFound(tk._("This version has no text yet."))
    document = Document(wording.pick(found.title, language), language, text[language])
    form = wanted["format"]
    name = f"{found.number}-v{version.number}-{language}.{ENDINGS[form]}"
    return File(name, MIMETYPES[form], version.number, language, _written(form, document, found, version))


def _identity(found: DraftAct, version: Version, language: str) -> akoma_ntoso.Identity:
    title, address = _agency(found, language)
    return akoma_ntoso.Identity(
        number=found.number,
        subtype=found.kind,
        date=local_date(found.announced_at or found.created_at),
        version_date=local_date(version.published_at or version.created_at),
        version=version.number,
        author=title,
        author_url=address,
        portal=wording.site_title(language),
        portal_url=tk.config["ckan.site_url"],
    )


def _written(form: str, document: Document, found: DraftAct, version: Version) -> bytes:
    if form == "akn":
        return akoma_ntoso.write(document, _identity(found, version, document.language))
    if form == "html":
        return html.write(document)
    author = _agency(found, document.language)[0]
    return docx.write(document, author) if form == "docx" else pdf.write(document, author, _fonts())


# --- redlines


def compared(found: DraftAct, two: Compared, form: str, *, changes_only: bool) -> File:
    """A redline as DOCX or PDF."""
    lines = two.redline(changes_only=changes_only)
    versions = tk._("Version {before} of {old_day} and version {after} of {new_day}").format(
        before=two.before.number, old_day=_day(two.before), after=two.after.number, new_day=_day(two.after)
    )
    cover = files.Cover(
        title=wording.pick(found.title, two.language),
        versions=versions,
        legend=tk._("What was deleted is struck through, what was put in is underlined."),
        statuses={status: tk._(text) for status, text in redline.STATUSES.items()},
        was=tk._("formerly: {place}"),
        author=_agency(found, two.language)[0],
        language=two.language,
        moment=clock.now(),
    )
    content = files.word(lines, cover) if form == "docx" else files.pdf(lines, cover, _fonts())
    name = f"{found.number}-v{two.before.number}-v{two.after.number}-{two.language}.{form}"
    return File(name, MIMETYPES[form], two.after.number, two.language, content)


def _day(version: Version) -> str:
    day: dt.date = local_date(version.published_at or version.created_at)
    return day.isoformat()


# --- reports


def words(found: DraftAct, language: str) -> printing.Words:
    """What stands around the rows of a report, in the language of the request."""
    return printing.Words(
        title=tk._("Report on the discussion of draft act {number}").format(number=found.number),
        agency=_agency(found, language)[0],
        figures={name: tk._(text) for name, text in FIGURES.items()},
        kinds={name: tk._(text) for name, text in REMARKS.items()},
        authors={name: tk._(text) for name, text in AUTHORS.items()},
        responses={**{name: tk._(text) for name, text in OUTCOMES.items()}, "": tk._("No answer yet")},
        wording=tk._("Proposed wording"),
        reason=tk._("Reason"),
        votes=tk._("Votes"),
        whole=tk._("The act as a whole"),
        unkept=tk._("Accepted, but the text has not changed"),
        more=tk._("There are {count} more comments: they are in the report as CSV, JSON or XML."),
        yes=tk._("yes"),
        no=tk._("no"),
    )
