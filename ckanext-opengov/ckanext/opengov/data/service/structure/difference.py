"""What is different between the structure that stands and the one that came."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import Finding, listed
from ckanext.opengov.data.service.structure.model import Field, Structure

ALIKE = 0.7


@dataclass(frozen=True)
class Difference:
    """``added`` may be taken in when none of them is required; all the rest would break who reads the table."""

    added: tuple[Field, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    retyped: tuple[tuple[str, str, str], ...] = ()
    key: tuple[tuple[str, ...], tuple[str, ...]] | None = None

    @property
    def required(self) -> tuple[str, ...]:
        """Names of added fields that the rows there are do not have."""
        return tuple(one.name for one in self.added if one.required)

    @property
    def breaks(self) -> bool:
        """Whether it is more than new optional fields."""
        return bool(self.removed or self.renamed or self.retyped or self.key or self.required)

    def as_dict(self) -> dict[str, Any]:
        """For answers: without what is empty."""
        shown = {
            "added": [one.name for one in self.added],
            "removed": list(self.removed),
            "renamed": [{"from": old, "to": new} for old, new in self.renamed],
            "retyped": [{"field": name, "from": old, "to": new} for name, old, new in self.retyped],
            "key": {"from": self.key[0], "to": self.key[1]} if self.key else None,
        }
        return {name: value for name, value in shown.items() if value}

    def findings(self) -> list[Finding]:
        """Why it cannot be taken in, in words."""
        found = [
            Finding(N_("The field “{old}” is called “{new}” now. Send it as “{old}”."), {"old": old, "new": new})
            for old, new in self.renamed
        ]
        if self.removed:
            text = N_("These fields are missing: {names}. Send them too; leave the value empty where there is none.")
            found.append(Finding(text, {"names": listed(self.removed)}))
        retyped = N_("The field “{name}” is of type {old}, not {new}.")
        found += [Finding(retyped, {"name": name, "old": old, "new": new}) for name, old, new in self.retyped]
        if self.key:
            text = N_("The key is {old}, not {new}.")
            found.append(Finding(text, {"old": listed(self.key[0]), "new": listed(self.key[1])}))
        if self.required:
            text = N_("New fields must be optional, because rows that are there have no value in them: {names}.")
            found.append(Finding(text, {"names": listed(self.required)}))
        return found


def compare(old: Structure, new: Structure) -> Difference:
    """From the structure that stands to one that came."""
    before, after = {one.name: one for one in old.fields}, {one.name: one for one in new.fields}
    removed = [name for name in before if name not in after]
    added = [one for one in new.fields if one.name not in before]
    renamed = _renamed([before[name] for name in removed], added)
    gone, come = {name for name, _ in renamed}, {name for _, name in renamed}
    return Difference(
        added=tuple(one for one in added if one.name not in come),
        removed=tuple(name for name in removed if name not in gone),
        renamed=tuple(renamed),
        retyped=tuple(
            (name, before[name].type, after[name].type)
            for name in before
            if name in after and before[name].type != after[name].type
        ),
        key=None if set(old.key) == set(new.key) else (old.key, new.key),
    )


def _renamed(removed: list[Field], added: list[Field]) -> list[tuple[str, str]]:
    """Pairs that look like one field under another name: the names are alike, or its label is the new name."""
    free = list(added)
    pairs = []
    for old in removed:
        likely = max(free, key=lambda new: _likeness(old, new), default=None)
        if likely is not None and _likeness(old, likely) >= ALIKE:
            pairs.append((old.name, likely.name))
            free.remove(likely)
    return pairs


def _likeness(old: Field, new: Field) -> float:
    if new.name in old.labels.values() or (old.labels and old.labels == new.labels):
        return 1.0
    return SequenceMatcher(None, old.name.lower(), new.name.lower()).ratio()
