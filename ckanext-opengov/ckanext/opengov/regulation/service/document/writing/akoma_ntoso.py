"""An act in Akoma Ntoso 3.0 (OASIS LegalDocML), valid by the schema of the standard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from ckanext.opengov.regulation.service.document import akoma_names as names
from ckanext.opengov.regulation.service.document import labels, tree
from ckanext.opengov.regulation.service.document.tree import Document, Part


@dataclass(frozen=True, slots=True)
class Identity:
    """What the work is called, for the addresses of FRBR.

    :param subtype: the kind of act, as a word of an address: ``law``, ``order``
    :param date: of the work: when it was first published
    :param version_date: of this text
    """

    number: str
    subtype: str
    date: dt.date
    version_date: dt.date
    version: int
    author: str
    author_url: str
    portal: str
    portal_url: str
    country: str = "kz"


def write(document: Document, identity: Identity) -> bytes:
    """The document, with those that travel with it, as an XML file."""
    root = etree.Element(f"{{{names.NAMESPACE}}}akomaNtoso", nsmap={None: names.NAMESPACE})
    # A collection carries its components beside itself, every other document inside.
    is_collection = document.form == "documentCollection"
    _document(root, document, identity, "main")
    if is_collection and document.attached:
        _components(root, document.attached, identity)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _add(parent: Any, name: str, text: str | None = None, /, **attributes: str) -> Any:
    values = {key.rstrip("_"): value for key, value in attributes.items() if value}
    element = etree.SubElement(parent, f"{{{names.NAMESPACE}}}{name}", values)
    element.text = text
    return element


def _components(parent: Any, documents: Iterable[Document], identity: Identity) -> None:
    box = _add(parent, "components", eId="cmpnts")
    for count, one in enumerate(documents, 1):
        component = _add(box, "component", eId=f"cmpnts__cmp_{count}")
        _document(component, one, replace(identity, number=f"{identity.number}-{count}"), f"component_{count}")


def _document(parent: Any, document: Document, identity: Identity, name: str) -> None:
    form = document.form if document.form in names.BODIES else "bill"
    element = _add(parent, form, name=identity.subtype)
    _meta(element, document, identity, form, name)
    parts = list(document.parts)
    if not any(part.kind == "preface" for part in parts) and document.title:
        preface = _add(element, "preface", class_=names.TITLE_CLASS)
        _add(_add(preface, "p"), "docTitle", document.title)
    order = [kind for kind in ("preface", "preamble") if form != "debate" or kind != "preamble"]
    while parts and order:
        if parts[0].kind == order[0]:
            _blocks(_add(element, parts[0].kind, eId=parts[0].eid), parts.pop(0), document)
        order.pop(0)
    end = parts.pop() if parts and parts[-1].kind == "conclusions" else None
    _body(element, form, parts, document)
    if end is not None:
        _blocks(_add(element, "conclusions", eId=end.eid), end, document)
    if form != "documentCollection" and document.attached:
        _components(element, document.attached, identity)


# --- meta


def _meta(element: Any, document: Document, identity: Identity, form: str, name: str) -> None:
    day = identity.date.isoformat()
    work = f"/akn/{identity.country}/{form}/{identity.subtype}/{day}/{identity.number}"
    language = names.LANGUAGES.get(document.language, "und")
    expression = f"{work}/{language}@{identity.version_date.isoformat()}"
    meta = _add(element, "meta")
    identification = _add(meta, "identification", source="#portal")
    for level, address in (("Work", work), ("Expression", expression), ("Manifestation", f"{expression}.xml")):
        one = _add(identification, f"FRBR{level}")
        _add(one, "FRBRthis", value=f"{address}/!{name}")
        _add(one, "FRBRuri", value=address)
        dated = day if level == "Work" else identity.version_date.isoformat()
        _add(one, "FRBRdate", date=dated, name="publication" if level == "Work" else "version")
        _add(one, "FRBRauthor", href="#agency" if level == "Work" else "#portal")
        if level == "Work":
            _add(one, "FRBRcountry", value=identity.country)
            _add(one, "FRBRnumber", value=identity.number)
        if level == "Expression":
            _add(one, "FRBRversionNumber", value=str(identity.version))
            _add(one, "FRBRlanguage", language=language)
    references = _add(meta, "references", source="#portal")
    _add(references, "TLCOrganization", eId="portal", href=identity.portal_url, showAs=identity.portal)
    _add(references, "TLCOrganization", eId="agency", href=identity.author_url, showAs=identity.author)
    for speaker, eid in _speakers(document.parts).items():
        _add(references, "TLCPerson", eId=eid, href=f"/akn/ontology/person/{eid}", showAs=speaker)


def _speakers(parts: Iterable[Part]) -> dict[str, str]:
    spoken = [part.heading or "—" for part in tree.walk(parts) if part.kind in names.SPOKEN]
    return {name: f"speaker-{count}" for count, name in enumerate(dict.fromkeys(spoken), 1)}


# --- bodies


def _body(element: Any, form: str, parts: Sequence[Part], document: Document) -> None:
    body = _add(element, names.BODIES[form])
    if form == "documentCollection":
        for count, one in enumerate(document.attached, 1):
            component = _add(body, "component", eId=f"cmp_{count}")
            shown = one.title or one.form
            _add(component, "documentRef", eId=f"dref_{count}", href=f"#cmpnts__cmp_{count}", showAs=shown)
        return
    writer = _Writer(document.language, _speakers(document.parts))
    for part in parts:
        if form == "debate" or (form in {"doc", "statement"} and part.kind == "p"):
            writer.block(body, part)
        else:
            writer.hierarchical(body, part)
    if not parts:
        writer.hierarchical(body, Part("", names.EMPTY))


def _blocks(element: Any, part: Part, document: Document) -> None:
    """What stands in a preface, a preamble or the conclusions."""
    _lines(element, part.text)
    if part.kind == "preface":
        _mark_title(element, document.title)
    writer = _Writer(document.language, {})
    for child in part.children:
        writer.block(element, child)
    if not len(element):
        _add(element, "p")


def _mark_title(preface: Any, title: str) -> None:
    """Say which of the paragraphs make the title."""
    lines = list(preface)
    for first in range(len(lines)):
        for last in range(first + 1, len(lines) + 1):
            if " ".join(line.text for line in lines[first:last]) == title:
                for line in lines[first:last]:
                    text, line.text = line.text, None
                    _add(line, "docTitle", text)
                return


def _lines(element: Any, text: str) -> None:
    for line in text.split("\n"):
        if line.strip():
            _add(element, "p", line)


class _Writer:
    def __init__(self, language: str, speakers: dict[str, str]) -> None:
        self.language = language
        self.speakers = speakers

    def hierarchical(self, parent: Any, part: Part) -> None:
        """A part as an element of the hierarchy; what has no element of its own is an ``hcontainer``."""
        name, _, label = part.kind.partition(":")
        if name not in names.HIERARCHICAL:
            name, label = "hcontainer", part.kind.replace(":", "-")
        element = _add(parent, name, name=(label or "part") if name in names.NAMED else "", eId=part.eid)
        self._head(element, part)
        children = list(part.children)
        if any(_is_hierarchical(child) for child in children):
            self._with_children(element, part, children)
        else:
            content = _add(element, "content")
            _lines(content, part.text)
            for child in children:
                self.block(content, child)
            if not len(content):
                _add(content, "p")

    def _with_children(self, element: Any, part: Part, children: list[Part]) -> None:
        before: list[Part] = []
        while children and not _is_hierarchical(children[0]):
            before.append(children.pop(0))
        after: list[Part] = []
        while children and not _is_hierarchical(children[-1]):
            after.insert(0, children.pop())
        if part.text or before:
            intro = _add(element, "intro")
            _lines(intro, part.text)
            for child in before:
                self.block(intro, child)
        for child in children:
            self.hierarchical(element, child)
        if after:
            self._closing(element, after)

    def _closing(self, element: Any, parts: list[Part]) -> None:
        eid = parts[0].eid if parts[0].kind == "wrapUp" else ""
        closing = _add(element, "wrapUp", eId=eid)
        for part in parts:
            if part.kind == "wrapUp":
                _lines(closing, part.text)
                for child in part.children:
                    self.block(closing, child)
            else:
                self.block(closing, part)

    def _head(self, element: Any, part: Part) -> None:
        if part.number:
            kind = part.kind.partition(":")[0]
            # Acts in English come from elsewhere: their numbers are printed as they were.
            printed = labels.printed(kind, part.number, self.language) if self.language in {"kk", "ru"} else part.number
            _add(element, "num", printed)
        if part.heading and part.kind not in names.SPOKEN:
            _add(element, "heading", part.heading)

    def block(self, parent: Any, part: Part) -> None:
        """A part among paragraphs."""
        name, _, label = part.kind.partition(":")
        if name == "blockList":
            self._list(parent, part)
        elif name == "quotedStructure":
            inside = _add(_add(_add(parent, "p"), "mod"), name, eId=part.eid, startQuote="“", endQuote="”")
            _lines(inside, part.text)
            self._children(inside, part)
        elif name in names.REMARKED:
            _add(parent, name, part.text, eId=part.eid)
        elif name in names.SPOKEN | names.SESSIONS:
            self._session(parent, part, name, label)
        else:
            _lines(parent, tree.words(part) or " ")
            self._children(parent, part)

    def _children(self, parent: Any, part: Part) -> None:
        is_box = etree.QName(parent).localname == "quotedStructure"
        for child in part.children:
            if is_box and _is_hierarchical(child):
                self.hierarchical(parent, child)
            else:
                self.block(parent, child)

    def _session(self, parent: Any, part: Part, name: str, label: str) -> None:
        attributes = {"eId": part.eid, "name": (label or "part") if name in names.NAMED else ""}
        if name in names.SPOKEN:
            attributes["by"] = f"#{self.speakers.get(part.heading or '—', 'portal')}"
        element = _add(parent, name, **attributes)
        self._head(element, part)
        if name in names.SPOKEN and part.heading:
            _add(element, "from", part.heading)
        _lines(element, part.text)
        self._children(element, part)

    def _list(self, parent: Any, part: Part) -> None:
        element = _add(parent, "blockList", eId=part.eid)
        if part.text:
            _add(element, "listIntroduction", " ".join(part.text.split("\n")))
        for child in part.children:
            if child.kind == "wrapUp":
                _add(element, "listWrapUp", " ".join(child.text.split("\n")), eId=child.eid)
                continue
            item = _add(element, "item", eId=child.eid)
            self._head(item, child)
            _lines(item, child.text)
            self._children(item, child)
            if item.find(f"{{{names.NAMESPACE}}}p") is None and not child.children:
                _add(item, "p")


def _is_hierarchical(part: Part) -> bool:
    return part.kind.partition(":")[0] in names.HIERARCHICAL or part.kind in names.CONTAINERS
