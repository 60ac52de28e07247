"""The tree that an act is: sections, chapters, articles, paragraphs, in one language.

A part's ``kind`` is the name of an element of Akoma Ntoso 3.0 (``article``, ``paragraph``, …); ``annex`` alone is ours.
Its ``eid`` is built as the OASIS naming convention says: the abbreviation of the kind, the number, parents first,
``sec_1__chp_2__art_3__para_1``. A part without a number is counted among its siblings: ``para_nn_1``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from slugify import slugify

# The structure of an act of Kazakhstan, outermost first.
HIERARCHY = (
    "annex",
    "section",
    "subsection",
    "chapter",
    "subchapter",
    "article",
    "paragraph",
    "subparagraph",
    "point",
    "alinea",
)
# What stands around the numbered text.
AROUND = ("preface", "preamble", "conclusions")

ABBREVIATIONS = {
    "alinea": "al",
    "article": "art",
    "attachment": "att",
    "blockList": "list",
    "chapter": "chp",
    "citation": "cit",
    "clause": "cl",
    "component": "cmp",
    "debateSection": "dbsect",
    "division": "dvs",
    "paragraph": "para",
    "quotedStructure": "qstr",
    "quotedText": "qtext",
    "recital": "rec",
    "section": "sec",
    "subchapter": "subchp",
    "subclause": "subcl",
    "subdivision": "subdvs",
    "subparagraph": "subpara",
    "subsection": "subsec",
    "wrapUp": "wrapup",
}

# As much of a number stands in an eId.
LONGEST_NUMBER = 40

# Cyrillic letters that are typed for Roman numerals.
_ROMAN = str.maketrans("ІХСМіхсм", "IXCMixcm")


@dataclass(frozen=True, slots=True)
class Part:
    """One structural part with all that stands under it.

    :param eid: stable identifier, unique in the tree
    :param kind: the element of Akoma Ntoso that it is
    :param number: as printed, without the word and the sign after it: ``5``, ``3-1``, ``IV``, ``а``
    :param heading: the title, empty where there is none
    :param text: its own text before the children; several paragraphs are divided by a line break
    """

    eid: str
    kind: str
    number: str = ""
    heading: str = ""
    text: str = ""
    children: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One act in one language, as a file holds it.

    :param form: the document element of Akoma Ntoso: ``bill``, ``act``, ``doc``, ``debate``, ``documentCollection``
    :param attached: documents that travel with it (the components of a collection)
    """

    title: str
    language: str
    parts: tuple[Part, ...]
    form: str = "bill"
    attached: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A part with its place in the tree.

    :param position: in reading order over the whole tree, from 0
    :param level: 0 for the outermost
    """

    part: Part
    parent: Part | None
    level: int
    position: int


def walk(parts: Iterable[Part]) -> Iterator[Part]:
    """Every part, in reading order."""
    stack = [*reversed(tuple(parts))]
    while stack:
        part = stack.pop()
        yield part
        stack.extend(reversed(part.children))


def placed(parts: Iterable[Part]) -> Iterator[Placed]:
    """Every part with its parent and level, in reading order: the rows of a table."""
    stack: list[tuple[Part, Part | None, int]] = [(part, None, 0) for part in reversed(tuple(parts))]
    position = 0
    while stack:
        part, parent, level = stack.pop()
        yield Placed(part, parent, level, position)
        position += 1
        stack.extend((child, part, level + 1) for child in reversed(part.children))


def from_rows(rows: Iterable[tuple[Part, str | None]]) -> tuple[Part, ...]:
    """The tree again from its rows in reading order, each with its parent's eId.

    :param rows: parts without children; what a row has in ``children`` is not looked at
    :raises KeyError: a row names a parent that did not come before it
    """
    order: list[tuple[Part, str | None]] = list(rows)
    under: dict[str | None, list[str]] = {None: []}
    found: dict[str, Part] = {}
    for part, parent in order:
        under[parent].append(part.eid)
        under[part.eid] = []
        found[part.eid] = part
    for part, _parent in reversed(order):
        found[part.eid] = replace(part, children=tuple(found[eid] for eid in under[part.eid]))
    return tuple(found[eid] for eid in under[None])


def find(parts: Iterable[Part], eid: str) -> Part | None:
    """The part with that eId."""
    return next((part for part in walk(parts) if part.eid == eid), None)


def by_eid(parts: Iterable[Part]) -> dict[str, Part]:
    return {part.eid: part for part in walk(parts)}


def path_to(parts: Iterable[Part], eid: str) -> tuple[Part, ...]:
    """The part and all above it, outermost first; empty when there is none with that eId."""
    found = {place.part.eid: place for place in placed(parts)}
    way: list[Part] = []
    place = found.get(eid)
    while place is not None:
        way.append(place.part)
        place = found.get(place.parent.eid) if place.parent else None
    return tuple(reversed(way))


def words(part: Part) -> str:
    """Heading and own text, without the children."""
    return "\n".join(piece for piece in (part.heading, part.text) if piece)


def full_text(part: Part) -> str:
    """Heading and text with all that stands under it."""
    return "\n".join(filter(None, (words(one) for one in walk((part,)))))


def eid_number(number: str) -> str:
    """The number as it stands in an eId: ``3-1`` stays, ``IV`` becomes ``iv``, ``а)`` becomes ``a``."""
    roman = number.translate(_ROMAN).strip().rstrip(".)")
    plain = roman if re.fullmatch(r"[IVXLCDM]+", roman, re.IGNORECASE) else number
    return slugify(plain, lowercase=True, separator="-", max_length=LONGEST_NUMBER)


def build_eid(parent: str, kind: str, number: str) -> str:
    """An eId from the parent's eId (empty at the top), the kind and the number as ``eid_number`` gives it."""
    own = f"{ABBREVIATIONS.get(kind, kind)}_{number}"
    return f"{parent}__{own}" if parent else own


def with_eids(parts: Iterable[Part], *, keep: bool = False) -> tuple[Part, ...]:
    """The tree with every eId built anew from kinds and numbers; unique in the whole tree.

    Two siblings with one number get ``…_2``, ``…_3`` after it, in reading order.

    :param keep: leave an eId that is there and not yet taken
    """
    given = tuple(parts)
    taken = {part.eid for part in walk(given) if part.eid} if keep else set[str]()
    return _named(given, "", taken, set() if keep else None)


def _named(parts: tuple[Part, ...], parent: str, taken: set[str], seen: set[str] | None) -> tuple[Part, ...]:
    counters: dict[str, int] = {}
    result: list[Part] = []
    for part in parts:
        eid = part.eid
        if seen is None or not eid or eid in seen:
            eid = _free(parent, part, counters, taken)
        taken.add(eid)
        if seen is not None:
            seen.add(eid)
        result.append(replace(part, eid=eid, children=_named(part.children, eid, taken, seen)))
    return tuple(result)


def _free(parent: str, part: Part, counters: dict[str, int], taken: set[str]) -> str:
    if part.kind in AROUND and part.kind not in taken:
        return part.kind
    number = eid_number(part.number)
    if not number:
        counters[part.kind] = counters.get(part.kind, 0) + 1
        number = f"nn_{counters[part.kind]}"
    wanted = build_eid(parent, part.kind, number)
    eid, copy = wanted, 1
    while eid in taken:
        copy += 1
        eid = f"{wanted}_{copy}"
    return eid
