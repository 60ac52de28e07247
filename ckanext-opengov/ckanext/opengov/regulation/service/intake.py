"""A file becomes the text of an act: first it is read and shown with every doubt, then an officer takes it over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service import journal
from ckanext.opengov.civic.service.discussion import files, texts
from ckanext.opengov.civic.service.privacy.limits import MAX_FILE
from ckanext.opengov.regulation.model.acts import DraftAct
from ckanext.opengov.regulation.model.texts import TextReading
from ckanext.opengov.regulation.service import clock, moving, outline, storing
from ckanext.opengov.regulation.service.document import doubts, fitting, tree
from ckanext.opengov.regulation.service.document.doubts import Doubt, Unreadable
from ckanext.opengov.regulation.service.document.reading import read
from ckanext.opengov.regulation.service.document.tree import Part
from ckanext.opengov.regulation.service.outline import OutlineRefusal
from ckanext.opengov.regulation.service.words import TYPE

# eIds that stand in one language only are listed up to here.
LISTED = 20


def rehearse(act: DraftAct, language: str, given: object, actor: str) -> TextReading:
    """Read a file and keep what it says beside the act; the text of the act stays as it is.

    :raises ValidationError: when the file cannot be read, saying what to give instead
    """
    moving.version_to_write(act)
    uploads = files.uploads(given)
    if len(uploads) != 1:
        raise tk.ValidationError({"file": [tk._("Choose one file.")]})
    (upload,) = uploads
    if len(upload.content) > MAX_FILE:
        limit = MAX_FILE // 1024**2
        raise tk.ValidationError({"file": [Unreadable("too_large", size=f"> {limit}", limit=limit).translated()]})
    try:
        reading = fitting.fitted(read(upload.content, language))
        outline.check(language, reading.document.parts)
        _check_depth(language, reading.document.parts)
    except (Unreadable, OutlineRefusal) as error:
        raise tk.ValidationError({"file": [error.translated()]}) from error
    found = model.Session.get(TextReading, (act.id, language))
    if found is not None:
        model.Session.delete(found)
        model.Session.flush()
    name = " ".join(texts.clean(upload.name.replace("\\", "/").rpartition("/")[2]).split())[:200]
    kept = TextReading(
        package_id=act.id,
        language=language,
        name=name,
        title=reading.document.title[:500],
        parts=[outline.shown(part) for part in reading.document.parts],
        doubts=[_stored(doubt) for doubt in reading.doubts],
        read_by=actor,
        read_at=clock.now(),
    )
    model.Session.add(kept)
    model.Session.flush()
    return kept


def _check_depth(language: str, parts: tuple[Part, ...]) -> None:
    if any(place.level >= outline.DEEPEST for place in tree.placed(parts)):
        raise OutlineRefusal(language, "{place}: there are too many parts or levels here.")


def _stored(doubt: Doubt) -> dict[str, Any]:
    about = {"code": doubt.code, "line": doubt.line, "eid": doubt.eid, "quote": doubt.quote}
    return {**about, "values": dict(doubt.values)}


def get(act: DraftAct, reading_id: str) -> TextReading:
    """A reading of this act by its id.

    :raises ValidationError: when another file was read since, or it was taken over already
    """
    query = sa.select(TextReading).where(TextReading.package_id == act.id)
    found = next((one for one in model.Session.scalars(query) if one.id == reading_id), None)
    if found is None:
        message = tk._("This reading is gone: it was taken over, or another file was read since. Give the file again.")
        raise tk.ValidationError({"reading": [message]})
    return found


def take_over(act_id: str, reading: TextReading, actor: str) -> DraftAct:
    """What was read becomes the text of the version in preparation, in its language; other languages stay.

    :raises ValidationError: when no version is in preparation
    """
    act = moving.lock(act_id)
    text = storing.read(moving.version_to_write(act).id)
    parts = _parts(reading.parts)
    changed = moving.update(act_id, {"parts": {**text, reading.language: parts}}, actor)
    internal = {"language": reading.language, "name": reading.name, "doubts": len(reading.doubts)}
    journal.record(TYPE, act_id, "draft_act.imported", actor=actor, internal=internal)
    model.Session.delete(reading)
    model.Session.flush()
    return changed


def _parts(given: list[dict[str, Any]]) -> tuple[Part, ...]:
    return tuple(
        Part(
            **{name: one[name] for name in ("eid", "kind", "number", "heading", "text")},
            children=_parts(one["children"]),
        )
        for one in given
    )


def shown(act: DraftAct, reading: TextReading, *, saved: bool) -> dict[str, Any]:
    """A reading as the API gives it, its doubts as sentences in the reader's language."""
    parts = _parts(reading.parts)
    only_here, only_there, other = _beside(act, reading.language, parts)
    return {
        "reading": reading.id,
        "number": act.number,
        "language": reading.language,
        "name": reading.name,
        "title": reading.title,
        "saved": saved,
        "counts": dict(Counter(part.kind for part in tree.walk(parts))),
        "doubts": [told(one) for one in reading.doubts],
        "other_language": other,
        "only_here": only_here[:LISTED],
        "only_there": only_there[:LISTED],
        "parts": reading.parts,
    }


def _beside(act: DraftAct, language: str, parts: tuple[Part, ...]) -> tuple[list[str], list[str], str | None]:
    """Which eIds stand in this language or in the other one only: side by side they are the same."""
    version = storing.in_preparation(act.id)
    text = storing.read(version.id) if version else {}
    other = next((code for code in ("kk", "ru", "en") if code != language and text.get(code)), None)
    if other is None:
        return [], [], None
    return (*fitting.only_in_one(parts, text[other]), other)


def told(doubt: Mapping[str, Any]) -> dict[str, Any]:
    """A doubt as a person reads it: where, what is there, and what would be right."""
    what, right = doubts.SENTENCES[doubt["code"]]
    values = doubt["values"]
    return {
        **{name: doubt[name] for name in ("code", "line", "eid", "quote")},
        "what": tk._(what).format(**values),
        "right": tk._(right).format(**values),
    }
