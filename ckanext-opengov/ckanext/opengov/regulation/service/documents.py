"""Documents beside the text of an act: what the agency puts there, and the opinions of experts as files."""

from __future__ import annotations

import hashlib
import mimetypes
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service import journal
from ckanext.opengov.civic.service.discussion import files, texts
from ckanext.opengov.regulation.model.acts import ActDocument, DraftAct
from ckanext.opengov.regulation.service.words import TYPE

LARGEST = 10 * 1024 * 1024
MOST = 50
KNOWN = {".pdf": b"%PDF", ".docx": b"PK", ".xlsx": b"PK", ".txt": b"", ".html": b""}


def add(
    act: DraftAct, kind: str, title: dict[str, str], given: object, actor: str, channel: str | None = None
) -> ActDocument:
    """Keep a document in the session's open transaction.

    :raises ValidationError: for a file of another form, or one that is too large
    """
    uploads = files.uploads(given)
    if len(uploads) != 1:
        raise tk.ValidationError({"file": [tk._("Choose one file.")]})
    (upload,) = uploads
    name = " ".join(texts.clean(upload.name.replace("\\", "/").rpartition("/")[2]).split())[:200] or "file"
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    if ending not in KNOWN or not upload.content.startswith(KNOWN[ending]):
        message = tk._("{name}: a document is PDF, DOCX, XLSX, HTML or TXT.")
        raise tk.ValidationError({"file": [message.format(name=name)]})
    if len(upload.content) > LARGEST or not upload.content:
        message = tk._("{name}: the file is empty or larger than {limit} MB.")
        raise tk.ValidationError({"file": [message.format(name=name, limit=LARGEST // 1024**2)]})
    if len(of(act.id)) >= MOST:
        raise tk.ValidationError({"file": [tk._("An act has at most {limit} documents.").format(limit=MOST)]})
    document = ActDocument(
        package_id=act.id,
        kind=kind,
        title=title,
        channel=channel,
        name=name,
        mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
        size=len(upload.content),
        sha256=hashlib.sha256(upload.content).hexdigest(),
        content=upload.content,
    )
    model.Session.add(document)
    model.Session.flush()
    public = {"name": name, "kind": kind, "sha256": document.sha256}
    journal.record(TYPE, act.id, "draft_act.document", actor=actor, public=public)
    return document


def of(act_id: str) -> list[ActDocument]:
    """The documents of an act, without their content."""
    query = sa.select(ActDocument).where(ActDocument.package_id == act_id).order_by(ActDocument.added_at)
    return list(model.Session.scalars(query))


def get(act_id: str, document_id: str) -> ActDocument:
    """One of them.

    :raises ObjectNotFound: when there is none
    """
    found = model.Session.get(ActDocument, document_id)
    if found is None or found.package_id != act_id:
        raise tk.ObjectNotFound(tk._("There is no such document."))
    return found


def shown(document: ActDocument) -> dict[str, Any]:
    """A document without its content."""
    return {
        "id": document.id,
        "kind": document.kind,
        "title": document.title,
        "channel": document.channel,
        "name": document.name,
        "mimetype": document.mimetype,
        "size": document.size,
        "sha256": document.sha256,
        "added_at": document.added_at.isoformat(),
    }
