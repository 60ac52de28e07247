"""Changes of single parts of a version in preparation: in all its languages at once, so that they stay side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opengov.civic.service import journal
from ckanext.opengov.regulation.model.acts import DraftAct
from ckanext.opengov.regulation.service import moving, outline, storing
from ckanext.opengov.regulation.service.document import tree
from ckanext.opengov.regulation.service.document.tree import Part
from ckanext.opengov.regulation.service.outline import OutlineRefusal
from ckanext.opengov.regulation.service.words import TYPE

# Of a part that is written anew: both languages of the law.
USUAL = ("kk", "ru")


def put(act_id: str, values: Mapping[str, Any], actor: str) -> tuple[DraftAct, str]:
    """Change a part, or add one: under another, after another, else at the end.

    :param values: ``eid`` of the part to change; or ``kind``, ``under``, ``after`` of a new one; ``number``;
        ``heading`` and ``text`` by language
    :returns: the act, and the eId
    :raises ValidationError: when no version is in preparation, or for what is not right in the part
    """
    act = moving.lock(act_id)
    version = moving.version_to_write(act)
    text = storing.read(version.id)
    try:
        changed, eid = _change(text, values) if values.get("eid") else _add(text, values)
    except OutlineRefusal as error:
        raise tk.ValidationError({"text": [error.translated()]}) from error
    storing.replace(version, changed)
    _record(act, actor, eid)
    return act, eid


def remove(act_id: str, eid: str, actor: str) -> DraftAct:
    """Take a part away, with all that stands under it.

    :raises ValidationError: when there is no such part
    """
    act = moving.lock(act_id)
    version = moving.version_to_write(act)
    text = storing.read(version.id)
    if not any(outline.has(parts, eid) for parts in text.values()):
        raise _no_part(eid)
    storing.replace(version, {language: outline.without(parts, eid) for language, parts in text.items()})
    _record(act, actor, eid)
    return act


def _record(act: DraftAct, actor: str, eid: str) -> None:
    model.Session.flush()
    journal.record(TYPE, act.id, "draft_act.changed", actor=actor, internal={"part": eid})


def _no_part(eid: str) -> tk.ValidationError:
    message = tk._("There is no part “{eid}” in the version in preparation.")
    return tk.ValidationError({"eid": [message.format(eid=eid[:80])]})


def _words(values: Mapping[str, Any], language: str, kind: str) -> dict[str, str]:
    """The words of a part in one language, checked as those of a whole text are."""
    given = {
        "kind": kind,
        "number": values.get("number"),
        "heading": (values.get("heading") or {}).get(language),
        "text": (values.get("text") or {}).get(language),
    }
    (part,) = outline.read({language: [given]})[language]
    return {"number": part.number, "heading": part.heading, "text": part.text}


def _change(text: Mapping[str, tuple[Part, ...]], values: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    eid = values["eid"]
    changed = dict(text)
    is_there = False
    for language, parts in text.items():
        part = tree.find(parts, eid)
        if part is not None:
            is_there = True
            changed[language] = outline.changed(parts, eid, _words(values, language, part.kind))
    if not is_there:
        raise _no_part(eid)
    return changed, eid


def _add(text: Mapping[str, tuple[Part, ...]], values: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    kind, under, after = values.get("kind") or "article", values.get("under") or "", values.get("after") or ""
    given: Mapping[str, str] = values.get("text") or {}
    languages: list[str] = list(dict.fromkeys((*USUAL, *text, *given)))
    beside = under or after
    if beside and not any(outline.has(text.get(language, ()), beside) for language in languages):
        raise _no_part(beside)
    eid = _new_eid(text, kind, values, under or _parent_of(text, after))
    changed: dict[str, Any] = {}
    for language in languages:
        parts = text.get(language, ())
        is_there = bool(beside) and outline.has(parts, beside)
        words = _words(values, language, kind)
        new = Part(eid, kind, words["number"], words["heading"], words["text"])
        changed[language] = outline.inserted(
            parts, new, under=under if is_there else "", after=after if is_there else ""
        )
    return changed, eid


def _parent_of(text: Mapping[str, tuple[Part, ...]], eid: str) -> str:
    for parts in text.values():
        way = tree.path_to(parts, eid) if eid else ()
        if len(way) > 1:
            return way[-2].eid
    return ""


def _new_eid(text: Mapping[str, tuple[Part, ...]], kind: str, values: Mapping[str, Any], parent: str) -> str:
    """One that no part of any language has."""
    taken = {part.eid for parts in text.values() for part in tree.walk(parts)}
    wanted = tree.build_eid(parent, kind, tree.eid_number(str(values.get("number") or "")) or "new")
    eid, copy = wanted, 1
    while eid in taken:
        copy += 1
        eid = f"{wanted}_{copy}"
    return eid
