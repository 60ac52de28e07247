"""From facts to points: one function a metric, each giving the share of its points and why the rest is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanext.opengov.data.service.quality import formats
from ckanext.opengov.data.service.quality.facts import Answer, Facts, File, Table
from ckanext.opengov.data.service.quality.freshness import Freshness, judge
from ckanext.opengov.data.service.quality.metrics import DIMENSIONS, METRICS, NO_FILES, WAITING

# How many files are named with a lost point.
NAMED = 20
OFFICIAL = ("kk", "ru")
NO_LICENCE = (None, "", "notspecified")

Test = Callable[[File], bool]


@dataclass(frozen=True)
class Verdict:
    """The share of a metric's points (0 to 1), and if it is not all: why, with what the advice names."""

    share: float
    why: str = "missing"
    values: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Score:
    """``lost``: metric → ``points``, ``why``, ``values``, ``files``. ``changes_on``: when time alone changes it."""

    dimensions: Mapping[str, int]
    lost: Mapping[str, Mapping[str, Any]]
    changes_on: dt.date | None

    @property
    def total(self) -> int:
        """All points."""
        return sum(self.dimensions.values())


def score(facts: Facts, today: dt.date) -> Score:
    """The points of a data set on a day."""
    fresh = judge(facts, today)
    dimensions = dict.fromkeys(DIMENSIONS, 0)
    lost: dict[str, dict[str, Any]] = {}
    for metric in METRICS:
        verdict = _fresh(facts, fresh) if metric.name == "fresh" else _RULES[metric.name](facts)
        # Halves go up, whatever the machine thinks of even numbers.
        got = int(metric.points * verdict.share + 0.5)
        dimensions[metric.dimension] += got
        if got < metric.points:
            lost[metric.name] = {"points": metric.points - got, "why": verdict.why, **_details(verdict)}
    return Score(dimensions, lost, fresh.changes_on)


def _details(verdict: Verdict) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if verdict.values:
        details["values"] = dict(verdict.values)
    if verdict.files:
        details["files"] = list(verdict.files[:NAMED])
    return details


def _given(found: object) -> Verdict:
    return Verdict(1.0 if found else 0.0)


def _region(facts: Facts) -> Verdict:
    return _given(facts.region or facts.agency_level == "central")


def _fresh(facts: Facts, fresh: Freshness) -> Verdict:
    if not facts.frequency and facts.status != "archived":
        return Verdict(fresh.share, "no_frequency")
    if facts.updated_on is None:
        return Verdict(fresh.share, "no_date")
    return Verdict(fresh.share, "late", {"days": fresh.late, "date": facts.updated_on.strftime("%d.%m.%Y")})


def _share(facts: Facts, is_right: Test, why: str = "missing") -> Verdict:
    """The share of files of which something is true; the others are named."""
    if not facts.files:
        return Verdict(0.0, NO_FILES)
    wrong = tuple(one.id for one in facts.files if not is_right(one))
    return Verdict(1 - len(wrong) / len(facts.files), why, files=wrong)


def _share_checked(facts: Facts, is_right: Test, is_open: Test, why: str) -> Verdict:
    """The same where some files are not checked yet: if nothing else is wrong, the points only wait."""
    verdict = _share(facts, is_right, why)
    wrong = [one for one in facts.files if one.id in verdict.files]
    if wrong and all(is_open(one) for one in wrong):
        return Verdict(verdict.share, WAITING, files=verdict.files)
    known = tuple(one.id for one in wrong if not is_open(one))
    return Verdict(verdict.share, verdict.why, files=known)


def _is_unchecked(file: File) -> bool:
    return file.answer == Answer.WAITING


def _answers(facts: Facts) -> Verdict:
    return _share_checked(facts, lambda one: one.answer == Answer.WORKS, _is_unchecked, "dead")


def _download(facts: Facts) -> Verdict:
    return _share_checked(facts, lambda one: one.is_direct, _is_unchecked, "page")


def _download_answers(facts: Facts) -> Verdict:
    return _share_checked(facts, lambda one: one.is_direct and one.answer == Answer.WORKS, _is_unchecked, "broken")


def _open_format(facts: Facts) -> Verdict:
    return _share(facts, lambda one: bool((known := formats.known(one.format)) and known.open))


def _machine_format(facts: Facts) -> Verdict:
    return _share(facts, lambda one: bool((known := formats.known(one.format)) and known.machine))


def _is_described(file: File) -> bool:
    known = formats.known(file.format)
    return file.table == Table.NONE and bool(known and known.described)


def _structure(facts: Facts) -> Verdict:
    if not facts.files:
        return Verdict(0.0, NO_FILES)
    shares = {one.id: _explained(one) for one in facts.files}
    wrong = tuple(id_ for id_, share in shares.items() if share < 1)
    has_table = any(one.columns for one in facts.files)
    return Verdict(sum(shares.values()) / len(shares), "missing" if has_table else "no_table", files=wrong)


def _explained(file: File) -> float:
    if _is_described(file):
        return 1.0
    return file.explained / file.columns if file.columns else 0.0


def _fits(file: File) -> bool:
    return file.table == Table.READY or _is_described(file)


def _types(facts: Facts) -> Verdict:
    why = "failed" if any(one.table == Table.FAILED for one in facts.files) else "no_table"
    return _share_checked(facts, _fits, lambda one: one.table == Table.WAITING, why)


def _languages(facts: Facts) -> Verdict:
    texts = [by_language.get(code) for by_language in (facts.titles, facts.notes) for code in OFFICIAL]
    return Verdict(sum(1 for text in texts if text) / len(texts))


_RULES: Mapping[str, Callable[[Facts], Verdict]] = {
    "keywords": lambda facts: _given(facts.keywords),
    "category": lambda facts: _given(facts.category),
    "region": _region,
    "answers": _answers,
    "download": _download,
    "download_answers": _download_answers,
    "format": lambda facts: _share(facts, lambda one: bool(one.format)),
    "media_type": lambda facts: _share(facts, lambda one: bool(one.media_type)),
    "vocabulary": lambda facts: _share(facts, lambda one: formats.known(one.format) is not None),
    "open_format": _open_format,
    "machine_format": _machine_format,
    "structure": _structure,
    "types": _types,
    "licence": lambda facts: _given(facts.licence not in NO_LICENCE),
    "known_licence": lambda facts: _given(facts.licence not in NO_LICENCE and facts.licence_is_known),
    "languages": _languages,
    "contact": lambda facts: _given(facts.has_contact),
    "publisher": lambda facts: _given(facts.agency_id),
    "fee": lambda facts: _given(facts.says_fee),
    "size": lambda facts: _share(facts, lambda one: bool(one.size)),
    "issued": lambda facts: _given(facts.issued),
    "modified": lambda facts: _given(facts.modified),
}
