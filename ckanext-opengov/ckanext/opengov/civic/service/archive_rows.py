"""What rows of another system's archive have in common: their dates, and the agencies that they name."""

from __future__ import annotations

import datetime as dt

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service import agencies
from ckanext.opengov.civic.service.calendar import ALMATY

FORMS = (
    *("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"),
    *("%d.%m.%Y", "%d.%m.%Y %H:%M"),
)


def moment(name: str, value: object) -> dt.datetime:
    """A date of the archive; noon in Almaty when it gives no hour.

    :param name: the field, for the error
    :raises ValidationError: with the form that is read
    """
    text = str(value or "").strip()
    for form in FORMS:
        try:
            read = dt.datetime.strptime(text.removesuffix("Z"), form)  # noqa: DTZ007 - the zone is Almaty's
        except ValueError:
            continue
        at = read if "%H" in form else read.replace(hour=12)
        return at.replace(tzinfo=dt.UTC if text.endswith("Z") else ALMATY).astimezone(dt.UTC)
    message = tk._("“{value}” is not a date. Write it as {example}.")
    raise tk.ValidationError({name: [message.format(value=text[:40], example="2026-12-31")]})


class KnownAgencies:
    """The portal's agencies by id, name and title in any language."""

    def __init__(self, default: str | None) -> None:
        self.default = default
        query = sa.select(model.Group.id, model.Group.name, model.Group.title, agencies.TITLES).where(
            model.Group.is_organization, model.Group.state == model.State.ACTIVE
        )
        self.known: dict[str, str] = {}
        for number, name, title, translated in model.Session.execute(query):
            for key in filter(None, (number, name, title, *agencies.titles(translated).values())):
                self.known.setdefault(key.casefold(), number)

    def find(self, reference: object) -> str:
        """The agency's id.

        :raises ValidationError: when there is none
        """
        text = str(reference or "").strip()
        found = self.known.get(text.casefold()) if text else self.default
        if found is None:
            message = tk._("There is no agency “{name}” on this portal.")
            raise tk.ValidationError({"agency": [message.format(name=text[:60])]})
        return found
