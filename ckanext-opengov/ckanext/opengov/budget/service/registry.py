"""How rows of harvested registers become programmes, reports and audits: what the three writers have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opengov.budget.service.refused import Refused
from ckanext.opengov.civic.service import journal
from ckanext.opengov.civic.service.refusal import N_

GONE = N_("The other register does not have it any more.")
LANGUAGES = ("kk", "ru", "en")


class Writer(ABC):
    """Writes each record in one transaction. The kinds say how one is stored and shown or hidden."""

    TYPE = ""

    def create(self, context: Any, record: Mapping[str, Any]) -> None:
        """A new entity under the id of the record; commits."""
        self._write(record, is_new=True)

    def update(self, context: Any, record: Mapping[str, Any]) -> None:
        """Bring the entity to what the record says; commits."""
        self._write(record, is_new=False)

    def restore(self, context: Any, record: Mapping[str, Any]) -> None:
        """The row came back: everybody reads it again; commits."""
        self._write(record, is_new=False)

    def withdraw(self, context: Any, package_id: str) -> None:
        """The row is gone over there: here it stays readable, as withdrawn; commits."""
        self.hide(package_id)
        model.Session.flush()
        journal.record(self.TYPE, package_id, f"{self.TYPE}.withdraw", actor=None, public={"reason": GONE})
        model.Session.commit()

    def _write(self, record: Mapping[str, Any], *, is_new: bool) -> None:
        if not record.get("owner_org"):
            raise tk.ValidationError({"owner_org": [tk._("Choose the agency.")]})
        try:
            self.store(record, is_new=is_new)
        except Refused as error:
            model.Session.rollback()
            raise tk.ValidationError(error.translated()) from error  # pyright: ignore[reportArgumentType]
        model.Session.flush()
        journal.record(self.TYPE, record["id"], f"{self.TYPE}.imported", actor=None)
        model.Session.commit()

    @abstractmethod
    def store(self, record: Mapping[str, Any], *, is_new: bool) -> None:
        """Make the entity, or change it."""

    @abstractmethod
    def hide(self, package_id: str) -> None:
        """Show it as withdrawn."""


def translated(record: Mapping[str, Any], name: str) -> dict[str, str]:
    """A text in its languages; without any it is taken for Kazakh, as the portal reads titles without a language."""
    given = record.get(f"{name}_translated")
    if isinstance(given, Mapping):
        return {code: str(text) for code, text in given.items() if code in LANGUAGES and text}
    return {"kk": str(record[name])} if record.get(name) else {}


def short(record: Mapping[str, Any], name: str) -> str:
    """A field as one text; empty when the source leaves it blank."""
    return str(record.get(name) or "").strip()
