"""What is wrong with a structure or with rows: what, where, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

# How much of a wrong value is shown.
SHOWN = 80


@dataclass(frozen=True)
class Finding:
    """``text`` is an English message, ``values`` stand in its braces.

    ``place`` is a path in a structure (``fields[2].type``); ``line`` and ``column`` are a place in rows.
    """

    text: str
    values: dict[str, Any] = field(default_factory=dict)
    place: str | None = None
    line: int | None = None
    column: str | None = None
    value: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """As it is stored with a receipt: without what is empty."""
        return {key: value for key, value in asdict(self).items() if value not in (None, {})}


class Faulty(ValueError):  # noqa: N818 - it is the sender's fault, not an error of ours
    """Something sent cannot be taken; ``findings`` say why, all of them at once."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(one.text.format(**one.values) for one in self.findings))


def fault(text: str, **values: Any) -> Faulty:
    """One thing that is wrong with the whole."""
    return Faulty([Finding(text, values)])


def shortened(value: object) -> str:
    """A wrong value as it is shown: one of 50 MB would not fit into a message."""
    text = str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def listed(names: Iterable[str], most: int = 10) -> str:
    """Names for a message; of many only the first."""
    known = list(names)
    more = f" … (+{len(known) - most})" if len(known) > most else ""
    return ", ".join(known[:most]) + more
