"""Kinds, topics and legal reasons: lists that are data, in three languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import yaml

from ckanext.opengov.civic.regions import regions
from ckanext.opengov.civic.service.refusal import N_

FOLDER = Path(__file__).resolve().parents[2]

KINDS: Mapping[str, str] = {
    "complaint": N_("Complaint"),
    "opinion": N_("Opinion"),
    "recommendation": N_("Recommendation"),
    "information": N_("Request for information"),
    "coverage": N_("Complaint on mobile coverage"),
}
FAULTS: Mapping[str, str] = {
    "no_signal": N_("No signal at all"),
    "weak_signal": N_("Weak signal"),
    "dropped_calls": N_("Calls break off"),
    "no_internet": N_("No mobile internet"),
    "slow_internet": N_("Slow mobile internet"),
}
OTHER = "other"
COVERAGE = "coverage"
COVERAGE_TOPIC = "communications"


@cache
def topics() -> dict[str, dict[str, str]]:
    """Key → its title by language."""
    return _read("topics.yaml")


@cache
def legal_reasons() -> dict[str, dict[str, dict[str, str]]]:
    """Key → title and basis by language."""
    return _read("reasons.yaml")


def _read(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def topic_of(category: str) -> str:
    """The topic that a word of another portal means; ``other`` when it is none of ours."""
    plain = " ".join(category.split()).casefold()
    for key, titles in topics().items():
        if plain == key or plain in {title.casefold() for title in titles.values()}:
            return key
    return OTHER


def one_of(field: str, value: object, known: Any) -> str:
    """:raises ValidationError: with the known values"""
    if isinstance(value, str) and value in known:
        return value
    message = tk._("“{value}” is not known. Use one of: {known}.")
    raise tk.ValidationError({field: [message.format(value=str(value)[:40], known=", ".join(known))]})


def region(value: object) -> str | None:
    """A region's code, None when left out.

    :raises ValidationError: with the known codes
    """
    if value is None or value == "":
        return None
    return one_of("region", value, [one.kato for one in regions()])
