"""Names of budgets and codes in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.opengov.budget.service.lines.axes import ANY
from ckanext.opengov.civic.service import wording


def title_of(budget: Mapping[str, Any], language: str | None = None) -> str:
    """A budget's title."""
    return wording.pick(budget["title"], language or wording.current()) or budget["name"]


def name_of(node: Mapping[str, Any], language: str | None = None) -> str:
    """A node's name: in the language, in that of the file, in any other, else its code."""
    language = language or wording.current()
    names = [node.get(f"name_{code}") for code in (language, ANY, "kk", "ru", "en")]
    return next((str(name) for name in names if name), str(node["code"]))
