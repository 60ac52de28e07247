"""Numbers that a word processor sets by itself: they stand in no text, and are worked out from the lists' settings."""

from __future__ import annotations

import re
from typing import Any

from docx.oxml.ns import qn

_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщэюя"
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_SMALL = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_PLACE = re.compile(r"%(\d)")


def _value(element: Any, name: str, default: str = "") -> str:
    child = element.find(qn(name)) if element is not None else None
    return child.get(qn("w:val"), default) if child is not None else default


def _number(value: str, default: int) -> int:
    return int(value) if value.isdigit() and len(value) < 7 else default


class Numbers:
    """Counts through a document; asked once for each paragraph, in order."""

    def __init__(self, document: Any) -> None:
        part = next(
            (one.target_part for one in document.part.rels.values() if one.reltype.endswith("/numbering")), None
        )
        root = part.element if part is not None else None
        self._abstract: dict[str, dict[int, Any]] = {}
        self._lists: dict[str, tuple[str, dict[int, int]]] = {}
        if root is not None:
            self._load(root)
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()
        self._styles = {style.style_id: style.element for style in document.styles}

    def _load(self, root: Any) -> None:
        for one in root.findall(qn("w:abstractNum")):
            levels = {_number(level.get(qn("w:ilvl")), 0): level for level in one.findall(qn("w:lvl"))}
            self._abstract[one.get(qn("w:abstractNumId"))] = levels
        for one in root.findall(qn("w:num")):
            starts = {
                _number(over.get(qn("w:ilvl")), 0): _number(_value(over, "w:startOverride", "1"), 1)
                for over in one.findall(qn("w:lvlOverride"))
                if over.find(qn("w:startOverride")) is not None
            }
            self._lists[one.get(qn("w:numId"))] = (_value(one, "w:abstractNumId"), starts)

    def of(self, paragraph: Any) -> str:
        """What the word processor prints before a paragraph: ``1.``, ``а)``, ``Глава 2.``; empty for none."""
        settings = self._settings(paragraph)
        if settings is None:
            return ""
        list_id, level = settings
        abstract, starts = self._lists.get(list_id, ("", {}))
        levels = self._abstract.get(abstract, {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(abstract, {})
        if list_id not in self._begun:
            self._begun.add(list_id)
            for at, start in starts.items():
                counts[at] = start - 1
        counts[level] = counts.get(level, _number(_value(levels[level], "w:start", "1"), 1) - 1) + 1
        for deeper in [at for at in counts if at > level]:
            del counts[deeper]
        return self._printed(levels, level, counts)

    def _settings(self, paragraph: Any) -> tuple[str, int] | None:
        own = paragraph.find(qn("w:pPr"))
        seen: set[str] = set()
        while own is not None:
            numbered = own.find(qn("w:numPr"))
            if numbered is not None:
                list_id = _value(numbered, "w:numId")
                return (list_id, _number(_value(numbered, "w:ilvl", "0"), 0)) if list_id not in {"", "0"} else None
            name = _value(own, "w:pStyle") or _value(own.getparent(), "w:basedOn")
            if not name or name in seen:
                return None
            seen.add(name)
            style = self._styles.get(name)
            own = style.find(qn("w:pPr")) if style is not None else None
        return None

    def _printed(self, levels: dict[int, Any], level: int, counts: dict[int, int]) -> str:
        setting = levels[level]
        if _value(setting, "w:numFmt", "decimal") == "bullet":
            return "–"

        def one(found: re.Match[str]) -> str:
            at = int(found.group(1)) - 1
            form = _value(levels.get(at), "w:numFmt", "decimal")
            return formatted(counts.get(at, _number(_value(levels.get(at), "w:start", "1"), 1)), form)

        return _PLACE.sub(one, _value(setting, "w:lvlText")).strip()


def formatted(number: int, form: str) -> str:
    """A number in a form of WordprocessingML: decimal, lowerLetter, upperRoman, russianLower, …"""
    if form == "none":
        return ""
    if form.endswith("Roman") and number < 4000:
        text = roman(number)
    elif form.endswith("Letter"):
        text = _LATIN[(number - 1) % len(_LATIN)]
    elif form.startswith("russian"):
        text = _RUSSIAN[(number - 1) % len(_RUSSIAN)]
    else:
        return str(number)
    return text.upper() if form.startswith("upper") or form.endswith("Upper") else text


def roman(number: int) -> str:
    """Small Roman numerals."""
    text = ""
    for value, letters in (*_ROMAN, *_ROMAN_SMALL):
        while number >= value:
            text, number = text + letters, number - value
    return text
