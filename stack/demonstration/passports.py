"""Agencies and data sets in the words of the portal's actions."""

from __future__ import annotations

import re
from typing import Any

from stack.demonstration.catalogue import LANGUAGES, Agency, Dataset, Texts, column_meanings, people
from stack.demonstration.invented import bin_of, contacts_of, person

GENERATED = {
    "kk": "**Бұл деректер демонстрация үшін генерацияланған және нақты жағдайды көрсетпейді.**",
    "ru": "**Эти данные сгенерированы для демонстрации и не отражают действительности.**",
    "en": "**These figures are generated for demonstration and do not describe reality.**",
}
COLUMNS = {"kk": "Бағандар:", "ru": "Столбцы:", "en": "Columns:"}
FILE = {"kk": "Кесте", "ru": "Таблица", "en": "Table"}
_LANGUAGE_COLUMN = re.compile(r"(.+)_(?:kk|ru|en)")


def agency_fields(agency: Agency) -> dict[str, Any]:
    contacts = contacts_of(agency)
    note = people()["note"]
    fields = {
        "name": agency.name,
        "title_translated": agency.title,
        "description_translated": {key: f"{agency.description[key]} {note[key]}" for key in LANGUAGES},
        "bin": bin_of(agency.name),
        "level": agency.level,
        "head_name": person(agency.name),
        "head_position_translated": people()["positions"][agency.head],
        "phone": contacts.phone,
        "email": contacts.email,
        "address_translated": contacts.address,
        "website": contacts.website,
        "region": contacts.kato,
        "state": "active",
    }
    if agency.parent:
        fields["parent"] = agency.parent
    return fields


def passport(dataset: Dataset, agency: Agency, columns: list[str]) -> dict[str, Any]:
    """The data set without its file."""
    contacts = contacts_of(agency)
    fields = {
        "name": dataset.name,
        "owner_org": agency.name,
        "title_translated": dataset.title,
        "notes_translated": notes(dataset, columns),
        "tags_translated": dataset.tags,
        "category": dataset.category,
        "frequency": dataset.frequency,
        "issued": dataset.issued.isoformat(),
        "modified": dataset.modified.isoformat(),
        "license_id": "cc-by",
        "free_of_charge": True,
        "passport_status": "current",
        "version": "1.0",
        "contact_name": person(f"{agency.name}/{dataset.category}"),
        "contact_position": people()["contact_position"],
        "contact_phone": contacts.phone,
        "contact_email": contacts.email,
        "url": f"{contacts.website}/data/{dataset.name}",
        "state": "active",
    }
    if dataset.region:
        fields["region"] = dataset.region
    return fields


def notes(dataset: Dataset, columns: list[str]) -> Texts:
    """What the data are, whether they are generated, and what each column means."""
    return {language: _notes(dataset, columns, language) for language in LANGUAGES}


def _notes(dataset: Dataset, columns: list[str], language: str) -> str:
    parts = [dataset.notes[language]]
    if not dataset.real:
        parts.append(GENERATED[language])
    meanings = column_meanings()
    listed = [f"- `{shown}` – {meanings[column][language]}" for column, shown in grouped(columns).items()]
    return "\n\n".join([*parts, COLUMNS[language], "\n".join(listed)])


def grouped(columns: list[str]) -> dict[str, str]:
    """A column in three languages counts once: ``{"region": "region_kk, region_ru, region_en"}``."""
    groups: dict[str, list[str]] = {}
    for column in columns:
        match = _LANGUAGE_COLUMN.fullmatch(column)
        groups.setdefault(match[1] if match else column, []).append(column)
    return {name: "`, `".join(found) for name, found in groups.items()}


def file_names(dataset: Dataset) -> Texts:
    return {language: f"{FILE[language]} ({dataset.format})" for language in LANGUAGES}
