"""Akoma Ntoso becomes a tree: every structural element a part, its words as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from lxml import etree

from ckanext.opengov.regulation.service.document import akoma_names as names
from ckanext.opengov.regulation.service.document import checking, labels, patterns, tree
from ckanext.opengov.regulation.service.document.doubts import Doubt, Unreadable, quoted
from ckanext.opengov.regulation.service.document.reading import xml
from ckanext.opengov.regulation.service.document.reading.words import plain
from ckanext.opengov.regulation.service.document.recognising import Reading
from ckanext.opengov.regulation.service.document.tree import Document, Part

_SKIPPED = frozenset({"num", "heading", "from", "meta", "authorialNote", "coverPage", "toc"})
# Elements whose children are blocks; every other one holds words.
_BOXES = frozenset(
    {
        "intro",
        "content",
        "wrapUp",
        "listIntroduction",
        "listWrapUp",
        "container",
        "formula",
        "blockContainer",
        "recitals",
        "recital",
        "citations",
        "citation",
        "preface",
        "preamble",
        "conclusions",
        "body",
        "mainBody",
        "debateBody",
        "collectionBody",
        "ul",
        "ol",
        "table",
        "tbody",
        "tblock",
        "longTitle",
        "component",
        "portionBody",
        "interstitial",
        "foreign",
    }
)
_LONGEST_EID = 200
Piece = str | Part


def read(content: bytes, language: str) -> Reading:
    """The first document of a file, with those that travel with it in ``attached``.

    :raises Unreadable: when the XML is damaged, refers outside of itself, or is something else
    """
    root = xml.parse(content)
    if _local(root) != "akomaNtoso":
        raise Unreadable("not_akoma_ntoso", detail=str(_local(root))[:60])
    elements = [child for child in root if _local(child) in names.BODIES]
    if not elements:
        raise Unreadable("no_text")
    doubts: list[Doubt] = []
    attached = [_document(one, language, doubts) for box in root if _local(box) == "components" for one in _inside(box)]
    document = _document(elements[0], language, doubts)
    document = replace(document, attached=(*document.attached, *attached))
    lines = {part.eid: 0 for part in tree.walk(document.parts)}
    doubts.extend(checking.check(document.parts, lines))
    return Reading(document, tuple(doubts), tuple(lines.items()))


def _local(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _inside(box: Any) -> Iterator[Any]:
    """The documents in components or attachments."""
    for child in box:
        for one in child:
            if _local(one) in names.BODIES:
                yield one


def _document(element: Any, language: str, doubts: list[Doubt]) -> Document:
    form = _local(element)
    parts: list[Part] = []
    attached: list[Document] = []
    for child in element:
        name = _local(child)
        if name in tree.AROUND and child.get("class") != names.TITLE_CLASS:
            parts.append(_gathered(Part(_eid(child), name), _flow(child, language)))
        elif name == names.BODIES[form]:
            parts.extend(part for part in _body(child, language) if part.kind != names.EMPTY)
        elif name in {"attachments", "components"}:
            attached.extend(_document(one, language, doubts) for one in _inside(child))
    named = tree.with_eids(parts, keep=True)
    doubts.extend(_repeated(parts, named))
    return Document(_title(element, named), language, named, form, tuple(attached))


def _title(element: Any, parts: Iterable[Part]) -> str:
    front = next((child for child in element if _local(child) == "preface"), None)
    marked = [one for one in front.iter() if _local(one) == "docTitle"] if front is not None else []
    if marked:
        return plain(" ".join("".join(one.itertext()) for one in marked))
    return " ".join(next((part.text for part in parts if part.kind == "preface"), "").split())


def _repeated(before: Iterable[Part], after: Iterable[Part]) -> Iterator[Doubt]:
    for old, new in zip(tree.walk(before), tree.walk(after), strict=True):
        if old.eid and old.eid != new.eid:
            yield Doubt(
                "eid_repeated", eid=new.eid, quote=quoted(tree.words(new)), values={"eid": old.eid, "new": new.eid}
            )


def _eid(element: Any) -> str:
    eid = element.get("eId", "")
    return eid if eid and len(eid) <= _LONGEST_EID and not any(sign.isspace() for sign in eid) else ""


def _kind(element: Any) -> str:
    name = _local(element)
    if name not in names.NAMED:
        return name
    label = plain(element.get("name", "")) or "part"
    return label if name == "hcontainer" and label in names.CONTAINERS else f"{name}:{label}"


# --- parts


def _body(element: Any, language: str) -> Iterator[Part]:
    for piece in _flow(element, language):
        yield piece if isinstance(piece, Part) else Part("", "p", text=piece)


def _part(element: Any, language: str) -> Part:
    kind = _kind(element)
    if kind in names.REMARKED:
        return Part(_eid(element), kind, text=_words(element))
    number = " ".join(_words(child) for child in element if _local(child) == "num")
    heading = " ".join(_words(child) for child in element if _local(child) in {"heading", "from"})
    part = Part(_eid(element), kind, _number(kind, number, language), heading)
    return _gathered(part, _flow(element, language))


def _number(kind: str, printed: str, language: str) -> str:
    """The number alone, when it is printed as acts of this language print it."""
    found = patterns.begin(printed) if language in labels.PRINTED else None
    if found is not None and labels.printed(kind, found.number, language).rstrip(".") == printed.rstrip("."):
        return found.number
    return printed


def _gathered(part: Part, pieces: Iterable[Piece]) -> Part:
    """The part with what stands in it: words before the first child are its own, later ones are children."""
    lines: list[str] = []
    children: list[Part] = []
    for piece in pieces:
        if isinstance(piece, Part):
            children.append(piece)
        elif children:
            children.append(Part("", "p", text=piece))
        else:
            lines.append(piece)
    return replace(part, text="\n".join(lines), children=tuple(children))


def _flow(element: Any, language: str) -> Iterator[Piece]:
    for child in element:
        name = _local(child)
        if not name or name in _SKIPPED:
            continue
        if name in names.STRUCTURAL:
            yield _part(child, language)
        elif name in names.CLOSING:
            yield _gathered(Part(_eid(child), "wrapUp"), _mixed(child, language))
        elif name == "tr":
            cells = (_words(cell) for cell in child)
            yield from filter(None, [" | ".join(filter(None, cells))])
        else:
            yield from _mixed(child, language)


def _mixed(element: Any, language: str) -> Iterator[Piece]:
    has_blocks = any(_local(child) in {"p", "block", *_BOXES, *names.STRUCTURAL} for child in element)
    if _local(element) in _BOXES and has_blocks:
        yield from _flow(element, language)
    else:
        yield from _broken(element, language)


def _broken(element: Any, language: str) -> Iterator[Piece]:
    """Words of a paragraph; a quoted structure in it parts them."""
    held: list[str] = []
    for piece in _raw(element, language):
        if isinstance(piece, Part):
            yield from filter(None, [plain("".join(held))])
            held.clear()
            yield piece
        else:
            held.append(piece)
    yield from filter(None, [plain("".join(held))])


def _raw(element: Any, language: str) -> Iterator[Piece]:
    yield element.text or ""
    for child in element:
        if _local(child) in names.STRUCTURAL:
            yield _part(child, language)
        elif _local(child) and _local(child) != "authorialNote":
            yield from _raw(child, language)
        yield child.tail or ""


def _words(element: Any) -> str:
    return plain("".join(piece for piece in _raw(element, "") if isinstance(piece, str)))
