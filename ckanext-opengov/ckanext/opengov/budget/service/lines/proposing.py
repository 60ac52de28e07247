"""A mapping proposed from the names of the columns and from what stands in them. Pure.

What can be meant in two ways is asked, not guessed: each question names the part of the mapping that answers it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ckanext.opengov.budget.service.lines import codelists
from ckanext.opengov.budget.service.lines.amounts import NOTHING, decimal_mark, excel_year, likely_year
from ckanext.opengov.budget.service.lines.axes import ANY, AXES, LANGUAGES
from ckanext.opengov.budget.service.lines.reading import Opened
from ckanext.opengov.civic.service.refusal import N_

_AMOUNT = re.compile(r"^[(\-\u2212]?\s*\d[\d\s\u00a0\u202f'’.,]*\)?-?$")
_WIDE_YEAR = re.compile(r"(?:^|\D)((?:19|20)\d{2})(?:\s*[-/–]\s*\d{2,4})?(?:\D|$)")


@dataclass
class Question:
    """Something that a person decides. ``part`` is the path in the mapping, ``proposed`` what we would take."""

    part: str
    text: str
    values: dict[str, Any] = field(default_factory=dict)
    proposed: Any = None


@dataclass
class Proposal:
    """``mapping`` may be sent as it is once the questions are answered."""

    mapping: dict[str, Any]
    questions: list[Question]


@cache
def words() -> Mapping[str, Any]:
    """The words of the headers."""
    return yaml.safe_load(Path(__file__).with_name("columns.yaml").read_text(encoding="utf-8"))


def propose(opened: Opened) -> Proposal:
    """The likely mapping of a file."""
    return _Proposing(opened).run()


class _Proposing:
    def __init__(self, opened: Opened) -> None:
        self.columns = opened.columns
        self.sample = {
            name: [row[place].strip() for row in opened.sample if place < len(row) and row[place].strip()]
            for place, name in enumerate(opened.columns)
        }
        self.document: dict[str, Any] = {"axes": {}, "amounts": []}
        self.questions: list[Question] = []
        self.left: list[str] = []

    def run(self) -> Proposal:
        for name in self.columns:
            if not self._take(name):
                self.left.append(name)
        self._amounts()
        self._derive()
        self._lists()
        self._widths()
        kept = [name for name in self.left if self.sample[name]]
        self.document |= {"keep": kept} if kept else {}
        if "year" not in self.document and any("year" not in one for one in self.document["amounts"]):
            self._ask("year", N_("Which year are the amounts of? No column says it."))
        if not self.document["amounts"]:
            self._ask("amounts", N_("Which column has the amounts?"))
        return Proposal(self.document, self.questions)

    def _ask(self, part: str, text: str, proposed: Any = None, **values: Any) -> None:
        self.questions.append(Question(part, text, values, proposed))

    # --- one column

    def _take(self, name: str) -> bool:
        if self._own_name(name):
            return True
        bare, is_code, is_name, language = _stripped(name)
        plain = _matching(words()["plain"], bare)
        if plain and not is_name:
            return self._take_plain(plain, name)
        target = _matching(words()["axes"], bare)
        if target is None:
            return False
        return self._take_step(target, name, is_code, is_name, language)

    def _own_name(self, name: str) -> bool:
        """The names of our own template: ``functional.group``, ``functional.group.name.kk``, ``year``, ``amount``."""
        if name in {"year", "month", "phase", "direction"}:
            return self._take_plain(name, name)
        axis, _, rest = name.partition(".")
        level, _, kind = rest.partition(".")
        if axis not in AXES or level not in {one.key for one in AXES[axis].levels}:
            return False
        language = kind.removeprefix("name.") if kind.startswith("name.") else None
        return self._take_step(f"{axis}.{level}", name, not kind, bool(kind), language if kind else None)

    def _take_plain(self, part: str, name: str) -> bool:
        texts = self.sample[name]
        if part == "date":
            if not any(re.match(r"^\d{4}-\d{2}-\d{2}|^\d{1,2}\.\d{1,2}\.\d{4}|^\d{5}$", one) for one in texts):
                return False
            self.document["year"] = self.document["month"] = {"column": name}
        elif part in self.document:
            return False
        else:
            self.document[part] = {"column": name}
        if part in {"year", "date"}:
            self._doubtful_years(name, texts)
        if part in {"phase", "direction"}:
            self._meanings(part, name, texts)
        return True

    def _doubtful_years(self, name: str, texts: Sequence[str]) -> None:
        days = next((one for one in texts if excel_year(one)), None)
        if days:
            text = N_("“{value}” in “{column}” looks like a day as Excel counts days ({year}). Is it one?")
            self._ask("excel_dates", text, True, value=days, column=name, year=excel_year(days))
        wrong = next((one for one in texts if not one.isdigit() and likely_year(one)), None)
        if wrong:
            text = N_("“{value}” in “{column}” is no year. If {year} is meant, correct the file.")
            self._ask("year", text, None, value=wrong, column=name, year=likely_year(wrong))

    def _meanings(self, part: str, name: str, texts: Sequence[str]) -> None:
        known = words()["phases" if part == "phase" else "directions"]
        found = dict.fromkeys(texts)
        values = {text: meant for text in found if text not in known and (meant := _containing(known, text))}
        if values:
            self.document[part]["values"] = values
        strange = [text for text in found if text not in known and text not in values]
        if strange:
            text = N_("What does “{value}” in “{column}” mean?")
            self._ask(f"{part}.values", text, None, value=strange[0], column=name)

    def _take_step(self, target: str, name: str, is_code: bool, is_name: bool, language: str | None) -> bool:
        axis, _, level = target.partition(".")
        step = self.document["axes"].setdefault(axis, {}).setdefault(level, {})
        texts = self.sample[name]
        numeric = bool(texts) and sum(bool(re.fullmatch(r"[\d.]+", one)) for one in texts) * 2 > len(texts)
        as_code = is_code or (not is_name and (numeric or not texts))
        if as_code:
            if step.get("code"):
                return False
            step["code"] = name
            return True
        names = step.setdefault("name", {})
        key = language if language in LANGUAGES else ANY
        if key in names:
            return False
        names[key] = name
        return True

    # --- the whole

    def _amounts(self) -> None:
        found = [name for name in self.left if self._is_amount(name)]
        for name in found:
            self.left.remove(name)
        self.document["amounts"] = [self._amount(name, len(found) > 1) for name in found]
        strange = [
            text for name in found for text in self.sample[name] if text not in NOTHING and not re.search(r"\d", text)
        ]
        if strange:
            text = N_("“{value}” stands where amounts are. Does it mean that there is none?")
            self._ask("missing", text, sorted(set(strange)), value=strange[0])
        marks = {mark for name in found if (mark := decimal_mark(self.sample[name]))}
        if len(marks) == 1:
            self.document["decimal"] = marks.pop()
        elif marks or any(re.search(r"\d[.,]\d", one) for name in found for one in self.sample[name]):
            self._ask("decimal", N_("Which sign stands before the fraction of the amounts: a point or a comma?"), ".")

    def _is_amount(self, name: str) -> bool:
        texts = [one for one in self.sample[name] if one not in NOTHING]
        numbers = sum(bool(_AMOUNT.match(one)) for one in texts)
        named = _matches(words()["amount"], name.casefold()) or _WIDE_YEAR.search(name)
        named = named or any(_containing(words()[kind], name) for kind in ("phases", "scales"))
        return bool(named) and numbers * 10 >= len(texts) * 8 and bool(texts)

    def _amount(self, name: str, wide: bool) -> dict[str, Any]:
        one: dict[str, Any] = {"column": name}
        year = _WIDE_YEAR.search(name)
        if year and "year" not in self.document:
            one["year"] = int(year[1])
        if wide and "phase" not in self.document and (phase := _containing(words()["phases"], name)):
            one["phase"] = phase
        scale = _containing(words()["scales"], name)
        if scale:
            one["factor"] = scale
            text = N_("“{column}” seems to count in units of {factor}. Multiply by it?")
            self._ask("amounts.factor", text, scale, column=name, factor=scale)
        return one

    def _derive(self) -> None:
        """The national path says also who spends, on which programme and on what."""
        axes = {axis: steps for axis, steps in self.document["axes"].items() if any(steps.values())}
        national = axes.get("functional", {})
        only_programme = not national.get("group") and set(national) <= {"programme", "subprogramme"}
        if national and only_programme:
            # Without a group it is a programme of its own, not a step of the national path.
            axes["programme"] = axes.pop("functional")
        elif national:
            taken = {"administrative": {"agency": "administrator"}, "economic": {"specific": "specific"}}
            for axis, steps in taken.items():
                derived = {level: national[of] for level, of in steps.items() if national.get(of)}
                if derived:
                    axes.setdefault(axis, derived)
        self.document["axes"] = axes

    def _lists(self) -> None:
        """A list is proposed when most of the sample is in it."""
        for axis, steps in self.document["axes"].items():
            first = next(iter(AXES[axis].levels)).key
            column = (steps.get(first) or {}).get("code")
            texts = self.sample.get(column or "") or []
            for name in codelists.names(axis):
                nodes = codelists.get(axis, name).nodes
                padded = [text.zfill(AXES[axis].levels[0].width or 0) for text in texts]
                if padded and sum(text in nodes for text in padded) * 10 >= len(padded) * 9:
                    self.document.setdefault("lists", {})[axis] = name

    def _widths(self) -> None:
        for axis, steps in self.document["axes"].items():
            for level in AXES[axis].levels:
                column = (steps.get(level.key) or {}).get("code")
                self._lost_zeros(axis, level.key, level.width, column)

    def _lost_zeros(self, axis: str, level: str, national: int | None, column: str | None) -> None:
        texts = [one for one in self.sample.get(column or "", []) if one.isdigit()]
        if not texts:
            return
        longest, shortest = max(map(len, texts)), min(map(len, texts))
        listed = axis in self.document.get("lists", {})
        width = max(longest, national or 0) if listed and level == AXES[axis].levels[0].key else longest
        zeros = any(one.startswith("0") for one in texts)
        if shortest == width or not (zeros or width == national):
            return
        value = next(one for one in texts if len(one) == shortest)
        text = N_("“{value}” in “{column}” seems to have lost its leading zeros. Read it as “{padded}”?")
        self._ask(f"widths.{axis}.{level}", text, width, value=value, column=column, padded=value.zfill(width))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:{pattern})$", re.IGNORECASE)


def _matches(pattern: str, text: str) -> bool:
    return bool(_compiled(pattern).match(text))


def _matching(patterns: Mapping[str, str], text: str) -> str | None:
    return next((key for key, pattern in patterns.items() if _matches(pattern, text)), None)


def _containing(patterns: Mapping[str, str], text: str) -> str | None:
    return next((key for key, pattern in patterns.items() if re.search(pattern, text, re.IGNORECASE)), None)


def _stripped(name: str) -> tuple[str, bool, bool, str | None]:
    """A header without what says code, name and language: the rest, and what was said."""
    bare = re.sub(r"[_\s]+", " ", name).strip().casefold()
    language = None
    for code, pattern in words()["language"].items():
        found = re.search(rf"[\s(\[.,-](?:{pattern})[)\]]?$", bare)
        if found:
            language, bare = code, bare[: found.start()].strip()
            break
    is_code, bare = _without(words()["code"], bare)
    is_name, bare = _without(words()["name"], bare)
    return bare.strip(" ()[]:,.-"), is_code, is_name, language


def _without(pattern: str, text: str) -> tuple[bool, str]:
    cut = re.sub(rf"(?:^|(?<=[\s(\[.-]))(?:{pattern})(?=[\s)\].:-]|$)", " ", text, flags=re.IGNORECASE)
    cut = " ".join(cut.split())
    return (cut != text and bool(cut), cut or text)
