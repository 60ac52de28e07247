"""Parts of acts from elsewhere, called as acts here call them, and two languages held beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ckanext.opengov.regulation.service.document import tree
from ckanext.opengov.regulation.service.document.doubts import Doubt
from ckanext.opengov.regulation.service.document.recognising import Reading
from ckanext.opengov.regulation.service.document.tree import Document, Part

KNOWN = frozenset({*tree.AROUND, *tree.HIERARCHY})
_TAKEN = {
    "book": "section",
    "tome": "section",
    "part": "section",
    "title": "section",
    "division": "section",
    "hcontainer": "section",
    "debateSection": "section",
    "subpart": "subsection",
    "subtitle": "subsection",
    "subdivision": "subsection",
    "clause": "paragraph",
    "rule": "paragraph",
    "subclause": "subparagraph",
    "subrule": "subparagraph",
    "item": "subparagraph",
    "indent": "point",
}
# Boxes without words of their own: their children take their place.
_OPENED = frozenset({"blockList", "list", "sublist", "quotedStructure"})


def fitted(reading: Reading) -> Reading:
    """The reading with kinds that acts here have; what was called otherwise is said once for each name.

    Of a file with several documents the first act or bill is taken.
    """
    document, doubts = _chosen(reading.document)
    renamed: dict[str, str] = {}
    parts = tuple(one for part in document.parts for one in _fitted(part, renamed))
    if parts == document.parts:
        return replace(reading, document=replace(document, attached=()), doubts=(*reading.doubts, *doubts))
    doubts += [Doubt("kind_unknown", values={"kind": kind, "taken": taken}) for kind, taken in renamed.items()]
    parts = tree.with_eids(parts, keep=True)
    lines = tuple((part.eid, 0) for part in tree.walk(parts))
    document = replace(document, form="bill", parts=parts, attached=())
    return Reading(document, (*reading.doubts, *doubts), lines)


def _chosen(document: Document) -> tuple[Document, list[Doubt]]:
    if not document.attached:
        return document, []
    everything = [document, *document.attached]
    chosen = next((one for one in everything if one.form in {"bill", "act"}), everything[0])
    return chosen, [Doubt("several_documents", values={"count": len(everything), "title": chosen.title})]


def _fitted(part: Part, renamed: dict[str, str]) -> Iterator[Part]:
    children = tuple(one for child in part.children for one in _fitted(child, renamed))
    name = part.kind.partition(":")[0]
    if part.kind in KNOWN:
        yield replace(part, children=children)
    elif name in _OPENED:
        if tree.words(part):
            yield Part(part.eid, "alinea", text=tree.words(part))
        yield from children
    else:
        taken = _TAKEN.get(name, "alinea")
        if name not in {"p", "wrapUp"}:
            renamed[name] = taken
        yield replace(part, kind=taken, children=children)


def only_in_one(first: Iterable[Part], second: Iterable[Part]) -> tuple[list[str], list[str]]:
    """eIds that only the first tree has, and those that only the second has: two languages of one act have the same."""
    here, there = tree.by_eid(first), tree.by_eid(second)
    return [eid for eid in here if eid not in there], [eid for eid in there if eid not in here]
