"""The parts of an act as the API takes and gives them: nested dicts by language. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ckanext.opengov.civic.service.discussion import texts
from ckanext.opengov.civic.service.refusal import N_, Refusal
from ckanext.opengov.regulation.service.document import tree
from ckanext.opengov.regulation.service.document.tree import Part
from ckanext.opengov.regulation.service.words import LANGUAGES

# Language → the parts of the outermost level.
Act = Mapping[str, tuple[Part, ...]]

KINDS = (*tree.AROUND, *tree.HIERARCHY)
MOST_PARTS = 5_000
DEEPEST = 12
LONGEST_TEXT = 50_000
LONGEST_HEADING = 2_000
LONGEST_NUMBER = 40


class OutlineRefusal(Refusal):
    """A part that is not right. ``place`` says where: ``kk.2.1`` is the second part's first one, in Kazakh."""

    def __init__(self, place: str, text: str, **values: Any) -> None:
        super().__init__(text, place=place, **values)
        self.place = place


def read(given: object) -> dict[str, tuple[Part, ...]]:
    """Parts as they came in a request, with an eId for each that has none.

    :param given: language → list of parts: ``kind``, ``number``, ``heading``, ``text``, ``children`` and ``eid``
    :raises OutlineRefusal: naming the place
    """
    if not isinstance(given, Mapping) or not given:
        raise OutlineRefusal("parts", N_("{place}: give the parts by language, such as kk and ru."))
    act: dict[str, tuple[Part, ...]] = {}
    for language, parts in given.items():
        if language not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            raise OutlineRefusal(str(language)[:20], N_("{place} is no language. Use: {known}."), known=known)
        act[language] = tree.with_eids(_level(parts, language, 1), keep=True)
    for language, parts in act.items():
        check(language, parts)
    return {language: act[language] for language in LANGUAGES if act.get(language)}


def check(language: str, parts: Sequence[Part]) -> None:
    """Refuse a tree that is too large."""
    if sum(1 for _ in tree.walk(parts)) > MOST_PARTS:
        raise OutlineRefusal(language, N_("{place}: an act has at most {limit} parts."), limit=MOST_PARTS)


def _level(given: object, place: str, depth: int) -> tuple[Part, ...]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise OutlineRefusal(place, N_("{place}: a list of parts is needed here."))
    if depth > DEEPEST or len(given) > MOST_PARTS:
        raise OutlineRefusal(place, N_("{place}: there are too many parts or levels here."))
    return tuple(_part(one, f"{place}.{number}", depth) for number, one in enumerate(given, 1))


def _part(given: object, place: str, depth: int) -> Part:
    if not isinstance(given, Mapping):
        raise OutlineRefusal(place, N_("{place}: a part is a dictionary with kind, number, heading and text."))
    kind = given.get("kind")
    if kind not in KINDS:
        known = ", ".join(KINDS)
        raise OutlineRefusal(place, N_("{place}: kind is “{given}”; it is one of {known}."), given=kind, known=known)
    return Part(
        eid=_line(given.get("eid"), place, "eid", 200),
        kind=kind,
        number=_line(given.get("number"), place, "number", LONGEST_NUMBER),
        heading=_line(given.get("heading"), place, "heading", LONGEST_HEADING),
        text=_text(given.get("text"), place, "text", LONGEST_TEXT),
        children=_level(given.get("children") or (), place, depth + 1),
    )


def _text(value: object, place: str, field: str, longest: int) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or len(value) > longest:
        raise OutlineRefusal(
            place, N_("{place}: {field} is a text of at most {limit} characters."), field=field, limit=longest
        )
    return texts.clean(value)


def _line(value: object, place: str, field: str, longest: int) -> str:
    return " ".join(_text(value, place, field, longest).split())


# --- changes of one part


def changed(parts: tuple[Part, ...], eid: str, values: Mapping[str, str]) -> tuple[Part, ...]:
    """The tree with other words in one part; its eId stays, whatever its number becomes."""
    return tuple(
        replace(one, **values) if one.eid == eid else replace(one, children=changed(one.children, eid, values))
        for one in parts
    )


def without(parts: tuple[Part, ...], eid: str) -> tuple[Part, ...]:
    """The tree without a part and all that stands under it."""
    return tuple(replace(one, children=without(one.children, eid)) for one in parts if one.eid != eid)


def inserted(parts: tuple[Part, ...], new: Part, *, under: str = "", after: str = "") -> tuple[Part, ...]:
    """The tree with a new part: the last one under another, or right after one, else the last of all."""
    if after:
        place = next((number for number, one in enumerate(parts) if one.eid == after), None)
        if place is not None:
            return (*parts[: place + 1], new, *parts[place + 1 :])
        return tuple(replace(one, children=inserted(one.children, new, after=after)) for one in parts) if parts else ()
    if under:
        return tuple(
            replace(one, children=(*one.children, new))
            if one.eid == under
            else replace(one, children=inserted(one.children, new, under=under))
            for one in parts
        )
    return (*parts, new)


def has(parts: Sequence[Part], eid: str) -> bool:
    """Whether there is such a part."""
    return tree.find(parts, eid) is not None


def shown(part: Part) -> dict[str, Any]:
    """A part and all under it, as a request gives it."""
    return {
        "eid": part.eid,
        "kind": part.kind,
        "number": part.number,
        "heading": part.heading,
        "text": part.text,
        "children": [shown(one) for one in part.children],
    }
