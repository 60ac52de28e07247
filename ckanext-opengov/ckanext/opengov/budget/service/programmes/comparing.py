"""Two texts of a programme side by side: what changed, in which place. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ckanext.opengov.budget.service.programmes.passport import Passport

WHOLE = "passport"
_HEAD = ("title", "goal", "code", "years", "scale", "responsible")
_KINDS = (("indicators", "indicator", "targets", ("title", "unit")), ("lines", "line", "amounts", ("title", "code")))


@dataclass(frozen=True)
class Difference:
    """One thing that is different. ``year`` is empty where it is no number of a year; None stands for nothing."""

    anchor: str
    field: str
    before: Any
    after: Any
    year: str = ""

    @property
    def step(self) -> Decimal | None:
        """How much more or less it is, for numbers."""
        if not self.year or self.before is None or self.after is None:
            return None
        return Decimal(self.after) - Decimal(self.before)


def differences(before: Passport, after: Passport) -> list[Difference]:
    """All that is different, in the order of the passport."""
    found = [
        Difference(WHOLE, name, before.get(name), after.get(name))
        for name in _HEAD
        if before.get(name) != after.get(name)
    ]
    for group, word, numbers, names in _KINDS:
        old = {one["id"]: one for one in before[group]}
        new = {one["id"]: one for one in after[group]}
        for own in dict.fromkeys([*new, *old]):
            found += _of_row(f"{word}:{own}", old.get(own), new.get(own), numbers, names)
    return found


def _of_row(
    anchor: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, numbers: str, names: Collection[str]
) -> list[Difference]:
    if old is None or new is None:
        return [Difference(anchor, "row", old and old["title"], new and new["title"])]
    found = [Difference(anchor, name, old[name], new[name]) for name in names if old[name] != new[name]]
    for year in sorted({*old[numbers], *new[numbers]}):
        pair = old[numbers].get(year), new[numbers].get(year)
        if pair[0] != pair[1]:
            found.append(Difference(anchor, numbers, *pair, year))
    return found


def places(found: Collection[Difference]) -> list[str]:
    """Where something is different, each place once."""
    return list(dict.fromkeys(one.anchor for one in found))


def unexplained(before: Passport, after: Passport, explained: Collection[str]) -> list[str]:
    """The places that changed and of which nobody said because of whom."""
    return [place for place in places(differences(before, after)) if place not in explained]
