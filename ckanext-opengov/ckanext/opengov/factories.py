"""Factories for tests of this package and of extensions to it, beside ``ckan.tests.factories``.

They call the action API, so what they make is what a person could have made. Everything in them is invented.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.model as model
from ckan.tests import factories
from factory.declarations import LazyFunction, Sequence

from ckanext.opengov.civic.identifiers import check_digit
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import officers, persons

# Long before any day that a test freezes.
SINCE = dt.date(2026, 1, 1)


def valid_bin(number: int) -> str:
    """A BIN with its right check digit; some eleven digits have none, so the next ones are taken."""
    while True:
        eleven = f"9912409{number % 10_000:04d}"
        digit = check_digit(eleven)
        if digit is not None:
            return f"{eleven}{digit}"
        number += 1


class Agency(factories.Organization):
    """A central agency with the fields of its schema in three languages."""

    title_translated = Sequence(
        lambda n: {"kk": f"Мысалдар министрлігі {n}", "ru": f"Министерство примеров {n}", "en": f"Ministry {n}"}
    )
    description_translated: dict[str, str] = {"kk": "Ойдан шығарылған", "ru": "Придумано", "en": "Invented"}
    bin = Sequence(lambda n: valid_bin(2 * n))
    level = "central"
    phone = "+7 7172 000000"
    # The picture of CKAN's own factory lies on another host.
    image_url = ""


class Dataset(factories.Dataset):
    """A data set with the whole passport, in an agency of its own unless ``owner_org`` says which."""

    title_translated = Sequence(
        lambda n: {"kk": f"Мектептер тізімі {n}", "ru": f"Список школ {n}", "en": f"List of schools {n}"}
    )
    notes_translated: dict[str, str] = {"kk": "Барлық мектеп", "ru": "Все школы"}
    tags_translated: dict[str, list[str]] = {"kk": ["оқушылар"], "ru": ["ученики"]}
    owner_org = LazyFunction(lambda: Agency()["id"])
    category = "EDUC"
    region = "710000000"
    frequency = "HALF_YEAR"
    issued = "2026-01-02"
    modified = "2026-11-24"
    contact_name = "Data office"
    contact_position = "Head of office"
    contact_phone = "+7 (7172) 11-22-33"
    contact_email = "data@example.org"
    # Derived from the translated fields; CKAN's own factory would fill them with something else.
    title = ""
    notes = ""


def citizen(**values: Any) -> dict[str, Any]:
    """A person with a confirmed address."""
    made = factories.User(**values)
    persons.confirm_address(model.Session.get_one(model.User, made["id"]))
    model.Session.commit()
    return made


def officer(agency_id: str, component: str, *roles: Role, **values: Any) -> dict[str, Any]:
    """A person with roles in a component of an agency."""
    made = citizen(**values)
    granted = [officers.Grant(made["id"], agency_id, component, role, SINCE) for role in roles]
    officers.grant(granted, actor=made["id"])
    model.Session.commit()
    return made
