"""Records in the reader's language: texts, how to cite, fields by section."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import ckan.plugins.toolkit as tk

from ckanext.opengov.data import language
from ckanext.opengov.data.service import agencies
from ckanext.opengov.data.service.translated import LANGUAGES, choose

ENDONYMS = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
_MISSING = (None, "", [], {})


def text(record: dict[str, Any], field: str) -> dict[str, Any]:
    """A field's text for the reader: ``text``, and ``lang`` when it is in another language than the page.

    CKAN's own field stands in when there are no translations; its language is not known.
    """
    reader = language.current()
    value, code = choose(record.get(f"{field}_translated") or {}, reader)
    if value in _MISSING:
        return {"text": record.get(field) or "", "lang": None}
    return {"text": value, "lang": code if code != reader else None}


def keywords(dataset: dict[str, Any]) -> dict[str, Any]:
    """The reader's keywords as ``text`` (a list) and ``lang``."""
    own = [tag["name"] for tag in dataset.get("tags") or ()]
    return text({**dataset, "tags": own}, "tags")


def in_readers_language(organization: dict[str, Any]) -> dict[str, Any]:
    """An organization for CKAN's templates, which know one title and one description."""
    extras = {one["key"]: one["value"] for one in organization.get("extras") or () if "key" in one}
    for field in ("title", "description"):
        stored = organization.get(f"{field}_translated") or agencies.loaded(extras.get(f"{field}_translated"))
        chosen = choose(stored, language.current())[0]
        if chosen:
            organization[field] = chosen
    organization["display_name"] = organization.get("title") or organization.get("name")
    return organization


def citation(dataset: dict[str, Any]) -> str:
    """How to cite a data set: as its agency wants it, else agency, name, year, portal, address and day of access."""
    if dataset.get("citation"):
        return dataset["citation"]
    day = str(dataset.get("modified") or dataset.get("issued") or dataset.get("metadata_modified") or "")
    agency = text(dataset["organization"], "title")["text"] if dataset.get("organization") else ""
    address = tk.url_for("dataset.read", id=dataset["name"], locale="default", qualified=True)
    name = text(dataset, "title")["text"]
    parts = [agency, f"{name} ({day[:4]})" if day else name, portal_name()]
    accessed = tk._("accessed {date}").format(date=today().strftime("%d.%m.%Y"))
    return f"{'. '.join(part.strip(' .') for part in parts if part)}. {address} ({accessed})."


def portal_name() -> str:
    """The portal's name: a message of the catalogue."""
    return tk._(tk.config["ckan.site_title"])


def today() -> dt.date:
    """The legal day: dates of the portal are Almaty's."""
    return dt.datetime.now(ZoneInfo("Asia/Almaty")).date()


def moment(value: str | None) -> str:
    """A time as CKAN stores it (UTC, without a zone), in Almaty's."""
    if not value:
        return ""
    stored = dt.datetime.fromisoformat(value)
    aware = stored if stored.tzinfo else stored.replace(tzinfo=dt.UTC)
    return aware.astimezone(ZoneInfo("Asia/Almaty")).strftime("%d.%m.%Y %H:%M")


def form_texts(field: dict[str, Any], data: dict[str, Any]) -> list[dict[str, str]]:
    """The inputs of a field in three languages: ``code``, ``label`` and what is typed or stored."""
    stored = data.get(field["field_name"])
    stored = stored if isinstance(stored, dict) else agencies.loaded(stored)
    inputs = []
    for code in LANGUAGES:
        value = data.get(f"{field['field_name']}-{code}", stored.get(code) or "")
        inputs.append(
            {"code": code, "label": ENDONYMS[code], "value": ", ".join(value) if isinstance(value, list) else value}
        )
    return inputs


def untranslated(field: dict[str, Any], data: dict[str, Any]) -> str:
    """CKAN's own text of a record that came without translations, to be kept by the form."""
    if any(one["value"] for one in form_texts(field, data)):
        return ""
    if field["field_name"] == "tags_translated":
        return data.get("tag_string") or ", ".join(tag["name"] for tag in data.get("tags") or ())
    return data.get(field.get("core_field", "")) or ""


def sections(schema: dict[str, Any], fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The fields of a form under the headings that the schema names; one without a heading for a schema without."""
    named = schema.get("sections")
    if not named:
        return [{"label": None, "fields": fields}]
    grouped = [
        {"label": section["label"], "fields": [one for one in fields if one.get("section") == section["name"]]}
        for section in named
    ]
    rest = [one for one in fields if "section" not in one]
    return [section for section in [*grouped, {"label": None, "fields": rest}] if section["fields"]]


def filled(field: dict[str, Any], record: dict[str, Any]) -> bool:
    """Whether a row of the passport has something to show."""
    return record.get(field["field_name"]) not in _MISSING
