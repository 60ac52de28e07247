"""The register of public services: each a package with its row, written by its provider or from a registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service import agencies, journal, wording
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.evaluation.model.evaluations import new_id
from ckanext.opengov.evaluation.model.services import Service
from ckanext.opengov.evaluation.service import packages
from ckanext.opengov.evaluation.service.packages import SERVICE

EVENTS = {
    "service.created": N_("The service was entered into the register"),
    "service.changed": N_("The entry was changed"),
    "service.withdrawn": N_("The service was taken out of the register"),
    "service.restored": N_("The service is in the register again"),
}
CHANNELS: Mapping[str, str] = {
    "portal": N_("On the portal of e-government"),
    "centre": N_("In a public service centre"),
    "agency": N_("In the agency"),
    "mobile": N_("In a mobile application"),
}
LANGUAGES = ("kk", "ru", "en")
FIELDS = ("title", "about", "online", "channels", "term", "standard_url")


def create(values: Mapping[str, Any], agency_id: str, actor: str | None, service_id: str | None = None) -> Service:
    """Enter a service, in the session's open transaction."""
    made = Service(id=service_id or new_id(), agency_id=agency_id, **_columns(values))
    model.Session.add(made)
    model.Session.flush()
    name = f"service-{made.id[:13]}"
    package = {"id": made.id, "name": name, "owner_org": agency_id, "private": False, **_package(made)}
    packages.insert(SERVICE, [package])
    journal.record(SERVICE, made.id, "service.created", actor=actor)
    return made


def update(service: Service, values: Mapping[str, Any], actor: str | None) -> Service:
    """Change an entry, in the session's open transaction; what is left out stays."""
    for name, value in _columns(values, partly=True).items():
        setattr(service, name, value)
    model.Session.flush()
    fields = _package(service)
    columns = {"title": fields.pop("title"), "notes": fields.pop("notes")}
    packages.update(SERVICE, service.id, fields, **columns)
    journal.record(SERVICE, service.id, "service.changed", actor=actor)
    return service


def _columns(values: Mapping[str, Any], *, partly: bool = False) -> dict[str, Any]:
    found = {name: values[name] for name in FIELDS if name in values}
    if partly:
        return found
    return {"about": {}, "online": False, "channels": [], "term": None, "standard_url": None} | found


def _package(service: Service) -> dict[str, Any]:
    return {
        "title": wording.pick(service.title, "kk")[:250],
        "notes": wording.pick(service.about, "kk"),
        "online": "true" if service.online else "false",
        "channels": " ".join(service.channels),
        "service_term": "" if service.term is None else str(service.term),
    }


def get(reference: Any) -> Service:
    """A service by the id or name of its package.

    :raises ObjectNotFound: when there is none
    """
    package = model.Package.get(reference) if isinstance(reference, str) and reference else None
    found = model.Session.get(Service, package.id) if package and package.state == model.State.ACTIVE else None
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no service “{id}”.").format(id=str(reference or "")[:60]))
    return found


def _active() -> sa.Select[Any]:
    package: Any = model.Package
    return (
        sa.select(Service, package.name.label("name"), model.Group.name, model.Group.title, agencies.TITLES)
        .join(package, package.id == Service.id)
        .join(model.Group, model.Group.id == Service.agency_id)
        .where(package.state == model.State.ACTIVE)
    )


def listed(agency_id: str | None, words: str, online: bool | None, offset: int, limit: int) -> tuple[int, list[Any]]:
    """How many services fit, and some of them by title."""
    query = _active()
    if agency_id:
        query = query.where(Service.agency_id == agency_id)
    if online is not None:
        query = query.where(Service.online.is_(online))
    if words:
        texts = sa.func.lower(sa.cast(sa.func.jsonb_path_query_array(Service.title, "$.*"), sa.Text))
        query = query.where(texts.contains(words.casefold(), autoescape=True))
    number = model.Session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    title = sa.func.coalesce(*(Service.title[code].astext for code in dict.fromkeys((wording.current(), *LANGUAGES))))
    rows = model.Session.execute(query.order_by(title, Service.id).offset(offset).limit(limit))
    return number, [shown(row) for row in rows]


def shown_one(service: Service) -> dict[str, Any]:
    """One entry."""
    return shown(model.Session.execute(_active().where(Service.id == service.id)).one())


def shown(row: Any) -> dict[str, Any]:
    """A row of the register as a dict."""
    service = row[0]
    return {
        "id": service.id,
        "name": row[1],
        "title": wording.pick(service.title, wording.current()),
        "about": wording.pick(service.about, wording.current()),
        "title_translated": service.title,
        "about_translated": service.about,
        "agency": {"id": service.agency_id, "name": row[2], "title": agencies.shown_title(*row[2:5])},
        "online": service.online,
        "channels": service.channels,
        "term": service.term,
        "standard_url": service.standard_url,
    }


def online_share(agency_id: str | None) -> dict[str, int]:
    """How many services there are, and how many of them online."""
    online = sa.func.count().filter(Service.online)
    package: Any = model.Package
    query = sa.select(sa.func.count(), online).select_from(Service).join(package, package.id == Service.id)
    query = query.where(package.state == model.State.ACTIVE)
    if agency_id:
        query = query.where(Service.agency_id == agency_id)
    number, of_them = model.Session.execute(query).one()
    return {"number": number, "online": of_them}


def before_index(document: dict[str, Any]) -> dict[str, Any]:
    """Put title and text where the analyzers of their languages find them."""
    service = model.Session.get(Service, document["id"]) if document.get("type") == SERVICE else None
    if service is None:
        return document
    for code in LANGUAGES:
        document[f"text_{code}"] = [one[code] for one in (service.title, service.about) if one.get(code)]
    document["text"] = [text for code in LANGUAGES for text in document[f"text_{code}"]]
    return document


def _set_state(service_id: str, state: str, event: str) -> None:
    packages.update(SERVICE, service_id, {}, state=state)
    journal.record(SERVICE, service_id, event, actor=None)


class RegistryServices:
    """Rows of a harvested registry as services; see ``civic.interfaces.RegistryWriter``."""

    def create(self, context: Any, record: Mapping[str, Any]) -> None:
        """A new entry.

        :raises ValidationError: when the record has no agency or no title
        """
        agency_id = record.get("owner_org")
        if not agency_id:
            raise tk.ValidationError({"owner_org": [tk._("A service needs its agency.")]})
        create(self._values(record), agency_id, None, record["id"])
        model.Session.commit()

    def update(self, context: Any, record: Mapping[str, Any]) -> None:
        """Bring an entry to what the record says."""
        update(model.Session.get_one(Service, record["id"]), self._values(record), None)
        model.Session.commit()

    def restore(self, context: Any, record: Mapping[str, Any]) -> None:
        """The row came back."""
        _set_state(record["id"], model.State.ACTIVE, "service.restored")
        update(model.Session.get_one(Service, record["id"]), self._values(record), None)
        model.Session.commit()

    def withdraw(self, context: Any, package_id: str) -> None:
        """The row is gone from the source."""
        _set_state(package_id, model.State.DELETED, "service.withdrawn")
        model.Session.commit()

    @staticmethod
    def _values(record: Mapping[str, Any]) -> dict[str, Any]:
        from ckanext.opengov.evaluation.logic import schema

        given = {name: record[name] for name in FIELDS if record.get(name) not in (None, "", [], {})}
        for name in ("title", "about"):
            if isinstance(given.get(name), str):
                given[name] = {"ru": given[name]}
        data, errors = tk.navl_validate(given, schema.service_fields(), {})
        if errors:
            raise tk.ValidationError(errors)
        return {name: value for name, value in data.items() if name in FIELDS}
