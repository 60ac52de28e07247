"""What is wrong with a budget's file: by which rule, in which row, what was expected, what was found. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ckanext.opengov.civic.service.refusal import N_

SHOWN = 80
# So many are kept of each rule; the others are counted.
MOST = 100

# Rule → what it holds, in one place; the names are those of the API.
RULES: Mapping[str, str] = {
    "readable": N_("The file can be read as a table"),
    "mapping": N_("Every part of the mapping stands for a column of the file"),
    "amount": N_("Amounts are numbers"),
    "year": N_("Years and months are years and months"),
    "phase": N_("Phases and directions are known"),
    "code": N_("A line has no gap in its codes"),
    "code_width": N_("Codes have kept their leading zeros"),
    "codes_known": N_("Codes are in the lists that the mapping names"),
    "total": N_("Parts sum to their totals"),
    "years_continuous": N_("Years follow each other without a gap"),
    "executed_adjusted": N_("Nothing is executed that is not in the adjusted budget, nor more than it has"),
    "consolidation": N_("Transfers between budgets are not counted twice"),
}
# What an officer may let pass by naming the rule, with the reason in public; the others always refuse.
ACCEPTABLE = frozenset({"codes_known", "total", "years_continuous", "executed_adjusted", "consolidation"})


@dataclass(frozen=True)
class Finding:
    """``text`` is an English message, ``values`` stand in its braces."""

    rule: str
    text: str
    values: dict[str, Any] = field(default_factory=dict)
    row: int | None = None
    column: str | None = None
    expected: str | None = None
    found: str | None = None
    difference: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Without what is empty."""
        return {key: value for key, value in vars(self).items() if value not in (None, {})}


class Faulty(ValueError):  # noqa: N818 - it is the file's fault, not an error of ours
    """A budget cannot be taken; ``findings`` say why, all of them at once."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(one.text.format(**one.values) for one in self.findings[:5]))


def fault(rule: str, text: str, **values: Any) -> Faulty:
    """One thing that is wrong with the whole."""
    return Faulty([Finding(rule, text, values)])


def shortened(value: object) -> str:
    """A wrong value as it is shown."""
    text = str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def plain(amount: Decimal) -> str:
    """An amount without an exponent and without zeros that say nothing."""
    text = f"{amount:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"", "-0"} else text


class Findings:
    """What a run found: so many of each rule, and how many there are in all."""

    def __init__(self) -> None:
        self.kept: list[Finding] = []
        self.counts: dict[str, int] = {}

    def add(self, findings: Iterable[Finding], more: int = 0) -> None:
        """:param more: how many there are beside these, of the same rule"""
        rule = None
        for one in findings:
            rule = one.rule
            count = self.counts.get(rule, 0)
            self.counts[rule] = count + 1
            if count < MOST:
                self.kept.append(one)
        if rule and more:
            self.counts[rule] += more

    def refusing(self, accepted: Iterable[str]) -> list[Finding]:
        """Those that the rules an officer accepts do not cover."""
        let_pass = ACCEPTABLE & set(accepted)
        return [one for one in self.kept if one.rule not in let_pass]
