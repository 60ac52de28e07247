"""The public copy of what a citizen wrote, with the places that a moderator should look at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ckanext.opengov.civic.service import privacy


class PublicCopy(NamedTuple):
    """The masked text; of each value found its kind and its place in the original, never the value."""

    text: str
    findings: list[dict[str, Any]]


def public_copy(text: str, language: str | None = None) -> PublicCopy:
    """Search and mask. The marks are in the given language, or in the one that the text looks like."""
    findings = privacy.find(text)
    return PublicCopy(privacy.mask(text, findings, language).text, places(findings))


def places(findings: Iterable[privacy.Finding]) -> list[dict[str, Any]]:
    """Findings as they are stored."""
    return [{"kind": str(one.kind), "start": one.start, "end": one.end} for one in findings]
