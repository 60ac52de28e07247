"""From a workbook to a list: what is new, changed or the same, all of it in one transaction or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opengov.civic.service import journal
from ckanext.opengov.civic.service.refusal import N_, Refusal
from ckanext.opengov.data import labels
from ckanext.opengov.data.model.lists import ListItem
from ckanext.opengov.data.service.lists import items, standing, telling, workbook
from ckanext.opengov.data.service.lists.criteria import FREQUENCIES
from ckanext.opengov.data.service.lists.items import Change
from ckanext.opengov.data.service.lists.states import SHOWN
from ckanext.opengov.data.service.lists.workbook import Problem, Row


def frequencies(language: str) -> dict[str, str]:
    """Kind of update → its name in a language."""
    return {code: labels.choice("frequency", code, language) for code in FREQUENCIES}


def export(agency_id: str, language: str, *, is_inside: bool) -> bytes:
    """The workbook of a list."""
    states = ("draft", *SHOWN) if is_inside else SHOWN
    rows = [
        Row(
            number=one.item.number,
            title=one.item.title,
            due_on=one.item.due_on,
            frequency=one.item.frequency,
            criteria=one.item.criteria,
            dataset=one.dataset_name or "",
        )
        for one in standing.of_agency(agency_id, states)
    ]
    return workbook.write(rows, language, frequencies(language))


@dataclass
class Importing:
    """One workbook that is brought into a locked list."""

    agency_id: str
    actor: str | None
    is_approver: bool
    reason: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("created", "changed", "proposed", "same"), 0))
    problems: list[Problem] = field(default_factory=list)
    happenings: list[journal.Happening] = field(default_factory=list)
    steps: dict[str, list[telling.Step]] = field(default_factory=dict)

    def run(self, rows: Sequence[Row]) -> None:
        """Bring every row in.

        :raises Wrong: with everything that is wrong
        """
        known = {one.number: one for one in items.locked(self.agency_id)}
        for row in rows:
            self._row(row, known)
        if self.problems:
            raise workbook.Wrong(self.problems)
        items.record(self.happenings)
        for event, steps in self.steps.items():
            telling.moved(self.agency_id, event, steps)

    def _row(self, row: Row, known: Mapping[int, ListItem]) -> None:
        try:
            package = items.dataset(row.dataset, self.agency_id)
        except tk.ValidationError as error:
            self._wrong(row, "dataset", row.dataset, error)
            return
        item = known.get(row.number) if row.number is not None else None
        if row.number is not None and item is None:
            self._add(row, "number", str(row.number), Refusal(N_("The list has no item of this number.")))
            return
        values = {"title": row.title, "due_on": row.due_on, "frequency": row.frequency, "criteria": row.criteria}
        if item is None:
            item, happening = items.create(self.agency_id, values, self.actor)
            self._done("created", happening, items.link(item, package, self.actor))
            return
        self._change(row, item, values, package)

    def _change(self, row: Row, item: ListItem, values: Mapping[str, Any], package: model.Package | None) -> None:
        linked = items.link(item, package, self.actor)
        changed = items.differing(item, values)
        if not changed:
            self._done("changed" if linked else "same", linked)
            return
        event = items.event_for(item, self.is_approver)
        try:
            happening = items.move(item, Change(event, self.actor, self.reason), changed)
        except tk.ValidationError as error:
            self._wrong(row, "number", str(row.number), error)
            return
        self.steps.setdefault(event, []).append((item, items.reason_of(happening)))
        self._done("proposed" if event == "propose" else "changed", happening, linked)

    def _done(self, what: str, *happenings: journal.Happening | None) -> None:
        self.counts[what] += 1
        self.happenings += [one for one in happenings if one is not None]

    def _wrong(self, row: Row, name: str, value: str, error: tk.ValidationError) -> None:
        given: Any = error.error_dict
        for texts in given.values():
            for text in texts:
                self._add(row, name, value, Refusal("{said}", said=text))

    def _add(self, row: Row, name: str, value: str, refusal: Refusal) -> None:
        letter = workbook.get_column_letter(workbook.columns().index(name) + 1)
        self.problems.append(Problem(row.place, letter, name, value, refusal))


def read(content: bytes) -> list[Row]:
    """The items of a workbook.

    :raises Refusal: when it is no workbook of a list, or too large
    :raises Wrong: with everything that is wrong in its cells
    """
    known = {name: code for language in items.LANGUAGES for code, name in frequencies(language).items()}
    return workbook.read(content, known)


def told(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Problems as readers get them, in the order of the rows."""
    ordered = sorted(problems, key=lambda one: (one.row, len(one.column), one.column))
    return [
        {
            "row": one.row,
            "column": one.column,
            "field": one.field,
            "value": one.value,
            "message": one.refusal.translated(),
        }
        for one in ordered
    ]
