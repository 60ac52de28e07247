"""The package of a draft act: the thin copy that CKAN lists, permits and indexes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ckanext.opengov.civic import guard
from ckanext.opengov.civic.service import bulk, officers, outbox, wording
from ckanext.opengov.regulation.model.acts import NUMBERS, DraftAct, Version, VersionPart
from ckanext.opengov.regulation.service.states import WRITERS
from ckanext.opengov.regulation.service.words import COMPONENT, LANGUAGES, TYPE

INDEX = "regulation.index"
# Rows of the outbox that are brought into the index together.
MOST_AT_ONCE = 250
# Characters of one language that the index reads of one act.
MOST_INDEXED = 300_000
_OFFICER = "regulation-officer-"


def take_numbers(years: Sequence[int]) -> list[str]:
    """Numbers such as ``2026-000123``, one for each year given."""
    places = sa.func.generate_series(1, len(years)).table_valued("place")
    found = model.Session.scalars(sa.select(NUMBERS.next_value()).select_from(places))
    return [f"{year}-{number:06d}" for year, number in zip(years, found, strict=True)]


def _values(act: DraftAct) -> dict[str, Any]:
    return {"id": act.id, "name": act.number, "owner_org": act.agency_id, "private": not act.version, **_fields(act)}


def _fields(act: DraftAct) -> dict[str, Any]:
    # In names that do not end in “_date”, which CKAN would write as Solr does not read them.
    return {
        "title_translated": dict(act.title),
        "title": title(act.title),
        "act_kind": act.kind,
        "act_state": act.state,
        "starts_on": _moment(act.starts_at),
        "ends_on": _moment(act.ends_at),
    }


def title(texts: dict[str, str]) -> str:
    """The title that CKAN's own lists show."""
    return wording.pick(texts, "kk")


def _moment(moment: dt.datetime | None) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def context() -> Any:
    """The context in which the portal writes and indexes."""
    return guard.service_context({"user": _site_user().name})


def _site_user() -> model.User:
    name = tk.config["ckan.site_id"]
    user = model.User.get(name) or model.User.get(tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"])
    if user is None:
        raise RuntimeError("the portal has no user of its own; run ckan db init")
    return user


def site_user_id() -> str:
    """The account in whose name the portal writes what is nobody's."""
    return _site_user().id


def insert(acts: Sequence[DraftAct]) -> None:
    """Make the packages of new acts in the session's open transaction.

    :raises ValidationError: when the schema of acts refuses one
    """
    checked = bulk.validate(context(), TYPE, [_values(one) for one in acts])
    bulk.insert(bulk.require_valid(checked), _site_user().id)


def update(act: DraftAct) -> None:
    """Bring the package to what the act has become."""
    package = model.package_table
    fields = _fields(act)
    extras = {name: value for name, value in fields.items() if name not in ("title", "title_translated")}
    extras["title_translated"] = json.dumps(fields["title_translated"], ensure_ascii=False)
    model.Session.execute(
        sa.update(package)
        .where(package.c.id == act.id)
        .values(
            title=fields["title"],
            private=not act.version,
            metadata_modified=dt.datetime.now(dt.UTC).replace(tzinfo=None),
            extras=sa.cast(package.c.extras, JSONB).op("||")(sa.cast(extras, JSONB)),
        )
    )


def index_later(ids: Iterable[str]) -> None:
    """Let the worker bring acts into the search index, after the caller's commit."""
    outbox.add(INDEX, {"ids": list(ids)})


def index(message: Any) -> None:
    """Outbox handler: bring committed packages into the index, those of other rows that wait with them."""
    payloads = outbox.take_along(message, MOST_AT_ONCE)
    index_now(list(dict.fromkeys(one for payload in payloads for one in payload["ids"])))


def index_now(ids: Sequence[str]) -> None:
    """Bring committed packages into the index, with one commit of the index for all."""
    table = model.package_table
    found = model.Session.execute(sa.select(table).where(table.c.id.in_(ids))).mappings()
    rows = [dict(row) | {"extras": dict(row["extras"] or {})} for row in found]
    for row in rows:
        row.pop("plugin_data", None)
    # One read for all: before_index finds them in the session.
    _kept = list(model.Session.scalars(sa.select(DraftAct).where(DraftAct.id.in_(ids))))
    bulk.index(context(), TYPE, rows)


def before_index(document: dict[str, Any]) -> dict[str, Any]:
    """Put title, subject and the public text where the analyzers of their languages find them."""
    if document.get("type") != TYPE:
        return document
    act = model.Session.get(DraftAct, document["id"])
    if act is None:
        return document
    document.pop("title_translated", None)
    texts = {code: [text[code] for text in (act.title, act.notes) if text.get(code)] for code in LANGUAGES}
    for language, text in _texts(act):
        texts[language].append(text[:MOST_INDEXED])
    document |= {f"text_{code}": texts[code] for code in LANGUAGES}
    document["text"] = [text for code in LANGUAGES for text in texts[code]]
    return document


def _texts(act: DraftAct) -> list[Any]:
    if not act.version:
        return []
    words = sa.func.string_agg(VersionPart.heading + "\n" + VersionPart.text, "\n")
    query = (
        sa.select(VersionPart.language, words)
        .join(Version, Version.id == VersionPart.version_id)
        .where(Version.package_id == act.id, Version.number == act.version)
        .group_by(VersionPart.language)
    )
    return list(model.Session.execute(query))


# --- who reads what is not public


def package_labels(package: model.Package) -> list[str]:
    """The officers of the agency read what it prepares."""
    return [f"{_OFFICER}{package.owner_org}"] if package.type == TYPE else []


def user_labels(user: Any) -> list[str]:
    """What an officer of open regulations reads."""
    if not getattr(user, "id", None):
        return []
    return [f"{_OFFICER}{one}" for one in officers.agencies_of(user.id, WRITERS, COMPONENT)]
