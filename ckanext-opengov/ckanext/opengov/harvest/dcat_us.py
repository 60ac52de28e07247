"""``opengov_dcat_us``: a catalogue in DCAT-US (``data.json``), as agencies of the United States publish theirs.

The stock DCAT JSON harvester reads the same files, but gives a whole catalogue up for one entry without an
identifier, and writes every entry again in every run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opengov.harvest.fetching import Fetched
from ckanext.opengov.harvest.harvester import ListHarvester, Settings
from ckanext.opengov.harvest.listing import BadRow, Listing, Record, SourceRow, content_hash
from ckanext.opengov.harvest.messages import N_, Message, RowError, SourceError
from ckanext.opengov.harvest.registry.mapping import VANISHED
from ckanext.opengov.harvest.registry.readers import decode, find_list

LICENCES = {
    "creativecommons.org/publicdomain/zero/1.0": "cc-zero",
    "creativecommons.org/licenses/by/4.0": "cc-by",
    "creativecommons.org/licenses/by-sa/4.0": "cc-by-sa",
    "opendatacommons.org/licenses/odbl/1.0": "odc-odbl",
    "opendatacommons.org/licenses/pddl/1.0": "odc-pddl",
    "opendatacommons.org/licenses/by/1.0": "odc-by",
}
# What CKAN takes in no tag.
NOT_IN_TAGS = re.compile(r"[^\w\-. ]")


class DCATUSHarvester(ListHarvester):
    """Feeds data sets from the entries of a ``data.json``."""

    def info(self) -> dict[str, str]:
        return {
            "name": "opengov_dcat_us",
            "title": "DCAT-US (data.json)",
            "description": "A catalogue in the format of DCAT-US, usually at the address /data.json",
        }

    def validate_config(self, config: str) -> str:
        """:raises ValueError: for anything but ``vanished: withdraw`` or ``vanished: keep``"""
        _vanished(config)
        return config

    def settings(self, config: str) -> Settings:
        try:
            vanished = _vanished(config)
        except ValueError as error:
            raise SourceError("mapping", "{reason}", reason=str(error)) from None
        return Settings("dataset", vanished == "withdraw", content_hash(config))

    def read(self, fetched: Fetched, settings: Settings) -> Listing:
        try:
            document = json.loads(decode(fetched, "utf-8"))
        except (ValueError, RecursionError) as error:
            line = getattr(error, "lineno", "?")
            raise SourceError("unreadable", N_("The file is not valid JSON (line {line})."), line=line) from None
        entries = find_list(document, None if isinstance(document, list) else "dataset")
        if not entries:
            raise SourceError("empty", N_("The list has no rows."))
        listing = Listing((), [])
        for place, entry in enumerate(entries, start=1):
            if isinstance(entry, dict):
                listing.rows.append(SourceRow(place, entry))
            else:
                message = Message(N_("The item is not an object with named fields."))
                listing.bad.append(BadRow(place, "", message))
        return listing

    def records(self, listing: Listing, settings: Settings) -> tuple[dict[str, Record], list[BadRow]]:
        found: dict[str, Record] = {}
        bad = list(listing.bad)
        for row in listing.rows:
            key = row.values.get("identifier")
            key = key.strip() if isinstance(key, str) else None
            try:
                _check_entry(row, key, found)
                found[str(key)] = Record(row.place, str(key), to_dataset(row.values))
            except RowError as error:
                bad.append(BadRow(row.place, error.field, error.message, key or None))
        return found, bad


def _vanished(config: str) -> str:
    options = json.loads(config) if config and config.strip() else {}
    if not isinstance(options, dict) or set(options) - {"vanished"} or options.get("vanished", "keep") not in VANISHED:
        raise ValueError(tk._('Leave this empty, or write {"vanished": "keep"} to keep entries that are gone.'))
    return options.get("vanished", "withdraw")


def _check_entry(row: SourceRow, key: str | None, found: dict[str, Record]) -> None:
    if not key:
        raise RowError("identifier", N_("The key is blank. Every row needs a value here."))
    if key in found:
        message = N_("The key “{key}” already stands in row {place}. A key must be there once.")
        raise RowError("identifier", message, key=key, place=found[key].place)
    title = row.values.get("title")
    if not isinstance(title, str) or not title.strip():
        raise RowError("title", N_("The entry has no title. Every data set needs one."))
    if row.values.get("accessLevel", "public") != "public":
        raise RowError("accessLevel", N_("The entry is not public, so it is not taken in."))


def to_dataset(entry: Any) -> dict[str, Any]:
    """An entry of DCAT-US in the words of our data set; what it lacks is None."""
    contact = entry.get("contactPoint")
    contact = contact if isinstance(contact, dict) else {}
    email = _text(contact.get("hasEmail"))
    return {
        "title": _text(entry["title"]),
        "notes": _text(entry.get("description")),
        "url": _text(entry.get("landingPage")),
        "tags": list(dict.fromkeys(_tags(entry.get("keyword")))),
        "license_id": _licence(entry.get("license")),
        "contact_name": _text(contact.get("fn")),
        "contact_email": email.removeprefix("mailto:") if email else None,
        "issued": _date(entry.get("issued")),
        "modified": _date(entry.get("modified")),
        "resources": list(_resources(entry.get("distribution"))),
    }


def _text(value: Any) -> str | None:
    return (value.strip() or None) if isinstance(value, str) else None


def _date(value: Any) -> str | None:
    # Also written as an interval or with a time ("R/P1D", "2020-01-01T00:00:00Z/…"): only a day is of use here.
    day = value[:10] if isinstance(value, str) else ""
    return day if len(day) == 10 and day[4] == day[7] == "-" and day.replace("-", "").isdecimal() else None


def _tags(keywords: Any) -> Iterator[str]:
    for keyword in keywords if isinstance(keywords, list) else []:
        words = NOT_IN_TAGS.sub(" ", keyword).split() if isinstance(keyword, str) else []
        tag = " ".join(words)[: model.MAX_TAG_LENGTH].strip()
        if len(tag) >= model.MIN_TAG_LENGTH:
            yield tag


def _licence(value: Any) -> str | None:
    address = _text(value)
    if not address:
        return None
    return LICENCES.get(address.split("://", 1)[-1].removeprefix("www.").rstrip("/"))


def _resources(distributions: Any) -> Iterator[dict[str, Any]]:
    for item in distributions if isinstance(distributions, list) else []:
        item = item if isinstance(item, dict) else {}
        url = _text(item.get("downloadURL")) or _text(item.get("accessURL"))
        if url:
            yield {
                "url": url,
                "name": _text(item.get("title")),
                "description": _text(item.get("description")),
                "format": _text(item.get("format")) or _text(item.get("mediaType")),
            }
