"""The package of an appeal: the masked, thin copy that CKAN lists, permits and indexes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic import labels
from ckanext.opengov.civic.service import officers, outbox, thin
from ckanext.opengov.dialog.model.appeals import Answer, Appeal
from ckanext.opengov.dialog.service.appeals.people import COMPONENT, READERS

TYPE = "appeal"
INDEX = "dialog.index"
TITLE_LENGTH = 300
# Rows of the outbox that are brought into the index together.
MOST_AT_ONCE = 250
LANGUAGES = ("kk", "ru", "en")
_OFFICER = "dialog-officer-"
_ACROSS = "dialog-across"
# Answers of the batch that is being indexed; None when CKAN indexes by itself.
_answers: ContextVar[dict[str, list[tuple[str, str]]] | None] = ContextVar("opengov_dialog_answers", default=None)


def values(appeal: Appeal) -> dict[str, Any]:
    """The package as it is made."""
    return {
        "id": appeal.id,
        "name": appeal.number,
        "title": appeal.subject_public[:TITLE_LENGTH],
        "owner_org": appeal.agency_id,
        "private": appeal.visibility != "public",
        **_extras(appeal),
    }


def _extras(appeal: Appeal) -> dict[str, str]:
    fields = {
        "kind": appeal.kind,
        "topic": appeal.topic,
        "region": appeal.region,
        "language": appeal.language,
        "appeal_state": appeal.state,
        "registered_date": thin.moment(appeal.registered_at),
        "due_date": thin.moment(appeal.due_at),
        "answered_date": thin.moment(appeal.answered_at),
    }
    return {name: value for name, value in fields.items() if value}


def insert(appeals: Sequence[Appeal]) -> None:
    """Make the packages of new appeals in the session's open transaction.

    :raises ValidationError: when the schema of appeals refuses one
    """
    thin.insert(TYPE, [values(one) for one in appeals])


def update(appeal: Appeal) -> None:
    """Bring the package to what the appeal has become."""
    thin.update(
        appeal.id,
        {"due_date": "", "answered_date": "", **_extras(appeal)},
        title=appeal.subject_public[:TITLE_LENGTH],
        owner_org=appeal.agency_id,
        private=appeal.visibility != "public",
    )
    thin.belong(appeal.id, appeal.agency_id)


def index_later(ids: Iterable[str]) -> None:
    """Let the worker bring appeals into the search index, after the caller's commit."""
    outbox.add(INDEX, {"ids": list(ids)})


def index(message: Any) -> None:
    """Outbox handler: bring committed packages into the index, those of other rows that wait with them."""
    payloads = outbox.take_along(message, MOST_AT_ONCE)
    index_now(list(dict.fromkeys(one for payload in payloads for one in payload["ids"])))


def index_now(ids: Sequence[str]) -> None:
    """Bring committed packages into the index, with one commit of the index for all."""
    thin.turn(ids)
    # One read for all: before_index and the labels find them in the session.
    _kept = [*_read(Appeal, ids), *_read(model.Package, ids)]
    token = _answers.set(_texts_of_answers(ids))
    try:
        thin.index(TYPE, ids)
    finally:
        _answers.reset(token)


def _read(table: Any, ids: Sequence[str]) -> list[Any]:
    return list(
        model.Session.scalars(sa.select(table).where(table.id.in_(ids)).execution_options(populate_existing=True))
    )


def _texts_of_answers(ids: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Appeal → language and public text of its answers."""
    query = sa.select(Answer.appeal_id, Answer.language, Answer.text_public).where(Answer.appeal_id.in_(ids))
    found: dict[str, list[tuple[str, str]]] = {}
    for appeal_id, language, text in model.Session.execute(query.order_by(Answer.number)):
        found.setdefault(appeal_id, []).append((language, text))
    return found


def before_index(document: dict[str, Any]) -> dict[str, Any]:
    """Put the public text and its answers where the analyzers of their languages find them."""
    if document.get("type") != TYPE:
        return document
    appeal = model.Session.get(Appeal, document["id"])
    if appeal is None:
        return document
    texts: dict[str, list[str]] = {code: [] for code in LANGUAGES}
    if appeal.visibility == "public":
        texts[appeal.language] += [appeal.subject_public, appeal.text_public]
        known = _answers.get()
        answers = _texts_of_answers([appeal.id]) if known is None else known
        for language, text in answers.get(appeal.id, ()):
            texts[language].append(text)
    document |= {f"text_{code}": texts[code] for code in LANGUAGES}
    document["text"] = [text for code in LANGUAGES for text in texts[code]]
    document["appeal_answered"] = str(appeal.answered_at is not None).lower()
    for name in ("registered_date", "due_date", "answered_date"):
        document.pop(name, None)
        moment = thin.moment(getattr(appeal, name.replace("_date", "_at")))
        if moment:
            document[name] = moment
    return document


# --- who reads what is not public


def package_labels(package: model.Package) -> list[str]:
    """The author, the officers of the agency, and those who watch over all agencies."""
    found = [f"{_OFFICER}{package.owner_org}", _ACROSS]
    appeal = model.Session.get(Appeal, package.id)
    if appeal is not None and appeal.author_id:
        found.append(labels.person_label(appeal.author_id))
    return found


def user_labels(user: Any) -> list[str]:
    """What an officer of the dialogue reads."""
    if not getattr(user, "id", None):
        return []
    held = [f"{_OFFICER}{one}" for one in officers.agencies_of(user.id, READERS, COMPONENT)]
    is_across = officers.holds(user.id, {"supervisor"}, component=COMPONENT, agency_id=None)  # pyright: ignore
    return [*held, _ACROSS] if is_across else held
