"""Values that a field may have, with what they mean: for drop-down lists, and for "did you mean".

People write names, and tables hold codes: in the place of "75" they write "Алматы", or take "75 — Алматы" from the
list. Both are understood when they can mean one value only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import fuzz, process, utils

from ckanext.opengov.data.service.structure import Field

JOINT = " — "
# From so alike on a value is proposed.
ALIKE = 72
LANGUAGES = ("kk", "ru", "en")


@dataclass(frozen=True)
class Choices:
    """Values in their order, and the meaning of each by language. ``whole`` is false when there are more than these."""

    values: tuple[str, ...]
    meanings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    whole: bool = True

    def shown(self, value: str, language: str) -> str:
        """A value with its meaning, as it stands in a list."""
        meaning = _in(self.meanings.get(value, {}), language)
        return f"{value}{JOINT}{meaning}" if meaning and meaning != value else value

    def listed(self, language: str) -> list[str]:
        """All of them, as they stand in a drop-down list."""
        return [self.shown(value, language) for value in self.values]

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.values)

    @cached_property
    def _meant(self) -> dict[str, str | None]:
        """What people may write instead → the value; None when it could be several."""
        found: dict[str, str | None] = {}
        for value in self.values:
            meanings = {text for text in self.meanings.get(value, {}).values() if text}
            for text in {_plain(value), *map(_plain, meanings), *(_plain(f"{value}{JOINT}{one}") for one in meanings)}:
                found[text] = value if found.get(text, value) == value else None
        return found

    def read(self, text: str) -> str:
        """The value that a text means; the text itself when that is not to be known."""
        if text in self._known:
            return text
        found = self._meant.get(_plain(text))
        if found is None and JOINT in text and (value := text.split(JOINT, 1)[0].strip()) in self._known:
            return value
        return found or text

    def closest(self, text: str) -> str | None:
        """The value that was most likely meant by a wrong text."""
        if not self._known or not text.strip():
            return None
        names, owners = self._names
        # A part of a word says something; a part of a short code does not.
        scorer = fuzz.WRatio if len(text.strip()) > 3 else fuzz.ratio
        found = process.extractOne(text, names, processor=utils.default_process, scorer=scorer, score_cutoff=ALIKE)
        return owners[found[2]] if found else None

    @cached_property
    def _names(self) -> tuple[list[str], list[str]]:
        """All that a value is called, and beside each the value."""
        names: list[str] = []
        owners: list[str] = []
        for value in self.values:
            for name in dict.fromkeys([value, *self.meanings.get(value, {}).values()]):
                if name:
                    names.append(name)
                    owners.append(value)
        return names, owners


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _in(meaning: Mapping[str, str], language: str) -> str:
    return next((meaning[code] for code in (language, *LANGUAGES) if meaning.get(code)), "")


def of_field(one: Field) -> Choices | None:
    """The allowed values of a field, None when it has no list."""
    if one.enum:
        return Choices(one.enum, one.meanings)
    if one.type == "boolean" and one.yes and one.no:
        words = {"kk": ("иә", "жоқ"), "ru": ("да", "нет"), "en": ("yes", "no")}
        meanings = {
            (one.yes, one.no)[place][0]: {code: pair[place] for code, pair in words.items()} for place in (0, 1)
        }
        return Choices(tuple(meanings), meanings)
    return None


def of_rows(rows: Iterable[tuple[str, Mapping[str, str]]], most: int) -> Choices:
    """Values of another table with their labels.

    :param most: how many there can be at most; one more says that there are more
    """
    found = dict(rows)
    whole = len(found) <= most
    values = tuple(found)[:most]
    return Choices(values, {value: found[value] for value in values if found[value]}, whole)
