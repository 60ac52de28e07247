"""What checking and importing a budget have in common: the file that came, and how it is read."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.opengov.budget.service.lines import (
    columns_store,
    descriptor,
    finding,
    importing,
    mapping,
    proposing,
    reading,
    uploads,
)
from ckanext.opengov.budget.service.lines.finding import Faulty, Finding
from ckanext.opengov.budget.service.lines.proposing import Proposal
from ckanext.opengov.civic.logic import access


class Sent:
    """A file that came, with what is proposed for it."""

    def __init__(self, budget: Mapping[str, Any], data: Mapping[str, Any]) -> None:
        """
        :raises Faulty: when the file cannot be read
        :raises ValidationError: when there is no file
        """
        self.budget = budget
        self.upload_id, self.path, self.name = _file(budget, data)
        self.opened = reading.open_file(self.path)
        self.proposal = proposing.propose(self.opened)
        if data.get("descriptor"):
            self.proposal = descriptor.mapping_of(data["descriptor"], self.proposal)
        self.given = data.get("mapping")

    def order(self, context: Context, accepted: Mapping[str, str]) -> importing.Order:
        """What is to be imported.

        :raises Faulty: when the mapping is wrong
        """
        parsed = mapping.parse(self.given or self.proposal.mapping, self.opened.columns)
        user = access.user_of(context)
        user_id = user.id if user else None
        return importing.Order(self.budget, self.opened, parsed, self.name, user_id, accepted)

    def described(self) -> dict[str, Any]:
        """The file and the proposal, as the API answers."""
        return {"upload_id": self.upload_id, "file": self.opened.as_dict(), **proposed(self.proposal)}


def _file(budget: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[str, Path, str]:
    upload = data.get("upload")
    if upload is not None and hasattr(upload, "read"):
        name = data.get("file_name") or getattr(upload, "filename", None) or "budget"
        upload_id = uploads.keep(upload, name, budget["id"])
    else:
        upload_id = data.get("upload_id")
    found = uploads.find(upload_id, budget["id"])
    if found is None:
        raise tk.ValidationError({"upload": [tk._("Send the file: CSV or XLSX.")]})
    return str(upload_id), *found


def proposed(proposal: Proposal) -> dict[str, Any]:
    """A proposal with its questions in the reader's language."""
    questions = [
        {**asdict(one), "text": tk._(one.text).format(**one.values), "values": None} for one in proposal.questions
    ]
    return {"mapping": proposal.mapping, "questions": [_without_empty(one) for one in questions]}


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def told(findings: Iterable[Finding | Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Findings in the reader's language."""
    shown = [one if isinstance(one, Mapping) else one.as_dict() for one in findings]
    return [{**one, "text": tk._(one["text"]).format(**one.get("values", {}))} for one in shown]


def refused(findings: Iterable[Finding | Mapping[str, Any]], **more: Any) -> tk.ValidationError:
    """Findings as an error of an action: sentences, and the same by rule, row, expected, found and difference."""
    shown = told(findings)
    errors: dict[str, Any] = {"file": [_sentence(one) for one in shown[: finding.MOST]], "findings": shown}
    return tk.ValidationError({**errors, **more})


def _sentence(one: Mapping[str, Any]) -> str:
    return tk._("Row {row}: {text}").format(row=one["row"], text=one["text"]) if one.get("row") else one["text"]


@contextmanager
def working_folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    folder = columns_store.working_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


__all__ = ["Faulty", "Sent", "proposed", "refused", "told", "working_folder"]
