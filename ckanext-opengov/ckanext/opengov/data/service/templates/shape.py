"""What a template of a structure consists of: its columns, and how its rows begin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz, process, utils

from ckanext.opengov.data.service.push.hints import example
from ckanext.opengov.data.service.structure import Field, Structure
from ckanext.opengov.data.service.templates.choices import Choices, of_field

LANGUAGES = ("kk", "ru", "en")
# The sheet that is read, the one that explains, the hidden one of the lists.
DATA, REFERENCE, LISTS = "data", "reference", "lists"
# In the workbook: hidden names, labels, an example; then rows.
FIRST_ROW = 4
# So far down a header is looked for.
SEARCHED = 10
ALIKE = 80
REQUIRED = " *"


@dataclass(frozen=True)
class Shape:
    """A structure as people fill it. The column that names the agency's part is not among them."""

    structure: Structure
    # Lists that come from other tables, by the field's name.
    lists: Mapping[str, Choices]

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields that are filled, in order."""
        parts = self.structure.parts
        return tuple(one for one in self.structure.fields if parts is None or one.name != parts.field)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(one.name for one in self.fields)

    @cached_property
    def choices(self) -> dict[str, Choices]:
        """Field → its possible values, where there is a list."""
        own = {one.name: found for one in self.fields if (found := of_field(one))}
        return {**own, **{name: found for name, found in self.lists.items() if name in self.names}}

    def is_required(self, one: Field) -> bool:
        """Whether every row needs a value here."""
        return one.required or one.name in self.structure.key

    def label(self, one: Field, language: str) -> str:
        """What a column is called in a language, with its unit and a star where a value is needed."""
        text = label(one, language)
        return f"{text}{f', {one.unit}' if one.unit else ''}{REQUIRED if self.is_required(one) else ''}"

    def example(self, one: Field, language: str) -> str:
        """A value as it may be written."""
        found = self.choices.get(one.name)
        return found.shown(found.values[0], language) if found and found.values else example(one)

    @cached_property
    def known(self) -> dict[str, str]:
        """All that a column may be called in a header → its field."""
        found: dict[str, str] = {}
        for one in self.structure.fields:
            for language in LANGUAGES:
                for text in (label(one, language), self.label(one, language)):
                    found.setdefault(_plain(text), one.name)
        return found | {_plain(name): name for name in self.structure.names}

    def field_of(self, text: str) -> str | None:
        """The field that a cell of a header names."""
        return self.known.get(_plain(text))

    def likely(self, text: str) -> str | None:
        """The field that an unknown cell of a header was most likely meant to name."""
        names = list(self.known)
        found = process.extractOne(text, names, processor=utils.default_process, scorer=fuzz.ratio, score_cutoff=ALIKE)
        return self.known[found[0]] if found else None

    def is_header(self, cells: Sequence[str]) -> bool:
        """Whether most filled cells of a row name fields, or most fields are named."""
        filled = [cell for cell in cells if cell]
        count = sum(self.field_of(cell) is not None for cell in filled)
        return count * 2 > min(len(filled), len(self.fields)) and count >= min(2, len(self.fields))

    def is_example(self, row: Mapping[str, str]) -> bool:
        """Whether a row is the example of the template, in any language."""
        filled = {name: text for name, text in row.items() if text}
        return bool(filled) and any(
            all(filled.get(one.name, "") == self.example(one, language) for one in self.fields)
            for language in LANGUAGES
        )


def label(one: Field, language: str) -> str:
    """The field's label in a language, else in another, else its name."""
    return next((one.labels[code] for code in (language, *LANGUAGES) if one.labels.get(code)), one.name)


def _plain(text: str) -> str:
    return " ".join(text.casefold().removesuffix(REQUIRED).split())
