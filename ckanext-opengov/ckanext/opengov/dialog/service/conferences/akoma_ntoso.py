"""The transcript as a debate in Akoma Ntoso 3.0 (OASIS LegalDocML).

Speakers and askers are persons in ``references``; each question and its answers stand in one ``questions`` section.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import ckan.plugins.toolkit as tk
from lxml import etree

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# ISO 639-2, as FRBRlanguage wants it.
CODES = {"kk": "kaz", "ru": "rus", "en": "eng"}
ALMATY = ZoneInfo("Asia/Almaty")


def _add(parent: Any, name: str, text: str | None = None, /, **attributes: str) -> Any:
    # A trailing underscore keeps Python's own words free.
    values = {key.rstrip("_"): value for key, value in attributes.items()}
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", values)
    element.text = text
    return element


def render(transcript: dict[str, Any], language: str) -> bytes:
    """The transcript as an XML file.

    :param transcript: as ``conference_transcript`` returns it
    """
    root = etree.Element(f"{{{NAMESPACE}}}akomaNtoso", nsmap={None: NAMESPACE})
    debate = _add(root, "debate", name="internetConference")
    _meta(debate, transcript, language)
    preface = _add(debate, "preface")
    _add(_add(preface, "p"), "docTitle", transcript["title"])
    body = _add(debate, "debateBody")
    for question in (*transcript["answered"], *transcript["unanswered"]):
        _questions(body, question)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _meta(debate: Any, transcript: dict[str, Any], language: str) -> None:
    began = dt.datetime.fromisoformat(transcript["began_at"]).astimezone(ALMATY)
    day, work = began.date().isoformat(), f"/akn/kz/debate/conference/{began.date().isoformat()}/{transcript['name']}"
    meta = _add(debate, "meta")
    identification = _add(meta, "identification", source="#portal")
    expression = f"{work}/{CODES[language]}@{day}"
    for level, address in (("Work", work), ("Expression", expression), ("Manifestation", f"{expression}.xml")):
        one = _add(identification, f"FRBR{level}")
        _add(one, "FRBRthis", value=f"{address}/!main" if level != "Manifestation" else f"{expression}/!main.xml")
        _add(one, "FRBRuri", value=address)
        _add(one, "FRBRdate", date=day, name="debate" if level == "Work" else "transcript")
        _add(one, "FRBRauthor", href="#agency" if level == "Work" else "#portal")
        if level == "Work":
            _add(one, "FRBRcountry", value="kz")
        if level == "Expression":
            _add(one, "FRBRlanguage", language=CODES[language])
    _references(meta, transcript)


def _references(meta: Any, transcript: dict[str, Any]) -> None:
    references = _add(meta, "references", source="#portal")
    site = tk.config["ckan.site_url"]
    _add(references, "TLCOrganization", eId="portal", href=site, showAs=tk._(tk.config["ckan.site_title"]))
    agency = tk.url_for("organization.read", id=transcript["agency_name"], locale="default", _external=True)
    _add(references, "TLCOrganization", eId="agency", href=agency, showAs=transcript["agency_title"])
    for speaker in transcript["speakers"]:
        name = f"speaker-{speaker['number']}"
        person = {"eId": name, "href": f"/akn/ontology/person/{transcript['name']}/{name}", "showAs": speaker["name"]}
        _add(references, "TLCPerson", **person)
    for question in (*transcript["answered"], *transcript["unanswered"]):
        name = f"asker-{question['number']}"
        shown = question["author_name"] or tk._("Citizen")
        href = f"/akn/ontology/person/{transcript['name']}/{name}"
        _add(references, "TLCPerson", eId=name, href=href, showAs=shown)


def _questions(body: Any, question: dict[str, Any]) -> None:
    number = question["number"]
    section = _add(body, "questions", eId=f"questions_{number}")
    _add(section, "heading", tk._("Question {number}").format(number=number))
    asked = _add(section, "question", by=f"#asker-{number}", eId=f"questions_{number}__question_1")
    asked.set("startTime", question["asked_at"])
    _paragraphs(asked, question["author_name"] or tk._("Citizen"), question)
    for answer in question["answers"]:
        by = f"#speaker-{answer['speaker']['number']}"
        identifier = f"questions_{number}__answer_{answer['number']}"
        said = _add(section, "answer", by=by, to=f"#asker-{number}", eId=identifier)
        said.set("startTime", answer["written_at"])
        _paragraphs(said, answer["speaker"]["name"], answer)


def _paragraphs(parent: Any, who: str, said: dict[str, Any]) -> None:
    _add(parent, "from", who)
    for text in said["text"].split("\n"):
        if text.strip():
            _add(parent, "p", text).set(XML_LANG, said["language"])
