"""What a search finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Kind(StrEnum):
    """Kinds of values that do not become public."""

    IBAN = "iban"
    EMAIL = "email"
    CARD = "card"
    IIN = "iin"
    BIN = "bin"
    PHONE = "phone"
    ADDRESS = "address"
    VEHICLE = "vehicle"


@dataclass(frozen=True)
class Finding:
    """A value at ``text[start:end]``.

    ``value_class`` says more without giving the value away: a card's scheme, an IBAN's country, whether a phone is
    Kazakhstan's, whether a vehicle's number is of the new form.
    """

    kind: Kind
    start: int
    end: int
    value_class: str = ""


def without_overlaps(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by place. One inside another is left out; of two that overlap the second begins where the first ends.

    So every character that any search found stays covered.
    """
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda one: (one.start, -one.end)):
        done = kept[-1].end if kept else 0
        if finding.end > done:
            kept.append(replace(finding, start=max(finding.start, done)))
    return kept
