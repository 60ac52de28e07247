"""What the actions of evaluation take."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.civic.service import agencies
from ckanext.opengov.civic.service.ratings import AXES
from ckanext.opengov.evaluation.service.arithmetic import Status
from ckanext.opengov.evaluation.service.framework import LANGUAGES, Kind
from ckanext.opengov.evaluation.service.periods import NAME
from ckanext.opengov.evaluation.service.rating import MOST_LINKS
from ckanext.opengov.evaluation.service.register import CHANNELS

PAGE = 20
LARGEST_PAGE = 100
LONGEST = 5_000
CLAIMS = (Status.GIVEN, Status.NOT_APPLICABLE, Status.NOT_PROVIDED)
DECISIONS = ("accepted", "rejected")
LONGEST_TERM = 400


def texts(longest: int, *, required: bool = True) -> Any:
    """Language → text."""

    def validate(value: Any) -> dict[str, str]:
        given = value if isinstance(value, Mapping) else {}
        found = {code: str(given[code]).strip() for code in LANGUAGES if given.get(code) and str(given[code]).strip()}
        if not found and required:
            raise tk.Invalid(tk._("Write it in Kazakh, Russian or English."))
        if any(len(text) > longest or "\x00" in text for text in found.values()):
            raise tk.Invalid(tk._("At most {limit} characters in each language.").format(limit=longest))
        return found

    return validate


def text(longest: int = LONGEST) -> Any:
    """One text."""

    def validate(value: Any) -> str:
        found = str(value).replace("\x00", "").strip()
        if not found or len(found) > longest:
            raise tk.Invalid(tk._("Write a text of at most {limit} characters.").format(limit=longest))
        return found

    return validate


def one_of(known: Iterable[Any]) -> Any:
    """One of some words."""
    words = [str(one) for one in known]

    def validate(value: Any) -> str:
        if value not in words:
            message = tk._("“{value}” is not known. Use one of: {known}.")
            raise tk.Invalid(message.format(value=str(value)[:40], known=", ".join(words)))
        return str(value)

    return validate


def decimal(value: Any) -> Decimal:
    """An exact number with at most six places; a comma is a point."""
    try:
        found = None if isinstance(value, bool) else Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite() or abs(found) >= Decimal(10) ** 12 or found != round(found, 6):
        raise tk.Invalid(tk._("Give a number with at most six places after the point, such as 73.4."))
    return found


def day(value: Any) -> dt.date:
    """A date."""
    try:
        found = dt.date.fromisoformat(str(value))
    except ValueError:
        found = None
    if found is None or not 2000 < found.year < 2100:
        raise tk.Invalid(tk._("Give a date such as 2026-12-31."))
    return found


def agency(value: Any) -> str:
    """The id of an active agency."""
    found = agencies.find(value) if isinstance(value, str) else None
    if found is None:
        raise tk.Invalid(tk._("There is no agency “{id}”.").format(id=str(value)[:60]))
    return found.id


def period_name(value: Any) -> str:
    """The address of a period."""
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise tk.Invalid(tk._("Use small Latin letters, digits and dashes, such as 2026."))
    return value


def address(value: Any) -> str:
    """An address of the web."""
    found = str(value).strip()
    if not found.startswith(("https://", "http://")) or len(found) > 2_000 or any(sign in found for sign in ' \n"<>'):
        raise tk.Invalid(tk._("An address begins with https://."))
    return found


def channels(value: Any) -> list[str]:
    """Where a service can be had."""
    given = value.split() if isinstance(value, str) else value
    if not isinstance(given, list) or any(one not in CHANNELS for one in given):
        raise tk.Invalid(tk._("Channels are a list of: {known}.").format(known=", ".join(CHANNELS)))
    return list(dict.fromkeys(given))


def whole(least: int, most: int) -> Any:
    """A whole number."""

    def validate(value: Any) -> int:
        given = str(value).strip()
        if isinstance(value, bool) or not (given.isascii() and given.isdecimal() and len(given) < 9):
            found = None
        else:
            found = int(given)
        if found is None or not least <= found <= most:
            raise tk.Invalid(tk._("Give a whole number from {least} to {most}.").format(least=least, most=most))
        return found

    return validate


def optional(key: Any, data: Any, errors: Any, _context: Any) -> None:
    """Left out, or empty as forms send it; unlike CKAN's own ``ignore_empty`` a nought is a value."""
    if data.get(key) in (None, "") or data.get(key) is tk.missing:
        data.pop(key, None)
        raise tk.StopOnError


def period_open() -> Schema:
    v: Any = tk.get_validator
    return {
        "name": [v("not_empty"), period_name],
        "title": [v("not_empty"), texts(300)],
        "framework": [v("not_empty"), v("unicode_safe")],
        "starts_on": [v("not_empty"), day],
        "ends_on": [v("not_empty"), day],
    }


def _value() -> Schema:
    v: Any = tk.get_validator
    return {
        "id": [v("not_empty"), v("unicode_safe")],
        "indicator": [v("not_empty"), v("unicode_safe")],
        "status": [v("default")(str(Status.GIVEN)), one_of(CLAIMS)],
        "number": [optional, decimal],
    }


def claim_set() -> Schema:
    v: Any = tk.get_validator
    return {**_value(), "note": [v("ignore_empty"), text()]}


def value_set() -> Schema:
    v: Any = tk.get_validator
    return {**_value(), "reason": [v("not_empty"), text()], "revision": [v("default")(0), whole(0, 10**8)]}


def evidence_create() -> Schema:
    v: Any = tk.get_validator
    return {
        "id": [v("not_empty"), v("unicode_safe")],
        "indicator": [v("not_empty"), v("unicode_safe")],
        "title": [v("not_empty"), text(300)],
        "url": [v("ignore_empty"), address],
    }


def one_evaluation() -> Schema:
    v: Any = tk.get_validator
    return {"id": [v("not_empty"), v("unicode_safe")]}


def appeal_create() -> Schema:
    v: Any = tk.get_validator
    return {**one_evaluation(), "indicator": [v("not_empty"), v("unicode_safe")], "text": [v("not_empty"), text()]}


def appeal_decide() -> Schema:
    v: Any = tk.get_validator
    return {
        **one_evaluation(),
        "indicator": [v("not_empty"), v("unicode_safe")],
        "decision": [v("not_empty"), one_of(DECISIONS)],
        "reason": [v("not_empty"), text()],
        "status": [v("ignore_empty"), one_of(CLAIMS)],
        "number": [optional, decimal],
    }


def end() -> Schema:
    v: Any = tk.get_validator
    return {
        **one_evaluation(),
        "ended_on": [v("not_empty"), day],
        "reason": [v("not_empty"), text(1_000)],
        "successor": [v("ignore_empty"), agency],
    }


def publish() -> Schema:
    v: Any = tk.get_validator
    return {"id": [v("ignore_empty"), v("unicode_safe")], "period": [v("ignore_empty"), v("unicode_safe")]}


def ranking() -> Schema:
    v: Any = tk.get_validator
    return {"period": [v("ignore_empty"), v("unicode_safe")], "kind": [v("ignore_empty"), one_of(Kind)]}


def of_agency(field: str) -> Schema:
    """What asks about one agency; ``field`` names it."""
    return {field: [tk.get_validator("not_empty"), agency]}


def card() -> Schema:
    v: Any = tk.get_validator
    return {
        "id": [v("ignore_empty"), v("unicode_safe")],
        "agency": [v("ignore_empty"), v("unicode_safe")],
        "period": [v("ignore_empty"), v("unicode_safe")],
    }


def cases() -> Schema:
    v: Any = tk.get_validator
    return {**card(), "indicator": [v("not_empty"), v("unicode_safe")], **_page()}


def _page() -> Schema:
    v: Any = tk.get_validator
    return {
        "offset": [v("default")(0), whole(0, 10**7)],
        "limit": [v("default")(PAGE), whole(1, LARGEST_PAGE)],
    }


def service_fields() -> Schema:
    """A public service as it is entered."""
    v: Any = tk.get_validator
    return {
        "title": [v("not_empty"), texts(300)],
        "about": [v("ignore_empty"), texts(LONGEST, required=False)],
        "online": [v("default")(False), v("boolean_validator")],
        "channels": [v("ignore_empty"), channels],
        "term": [optional, whole(0, LONGEST_TERM)],
        "standard_url": [v("ignore_empty"), address],
    }


def service_create() -> Schema:
    v: Any = tk.get_validator
    return {"owner_org": [v("not_empty"), agency], **service_fields()}


def service_update() -> Schema:
    v: Any = tk.get_validator
    fields = service_fields()
    fields["title"] = [v("ignore_empty"), texts(300)]
    fields["online"] = [v("ignore_missing"), v("boolean_validator")]
    return {"id": [v("not_empty"), v("unicode_safe")], **fields}


def service_list() -> Schema:
    v: Any = tk.get_validator
    return {
        "owner_org": [v("ignore_empty"), agency],
        "q": [v("ignore_empty"), text(200)],
        "online": [v("ignore_empty"), v("boolean_validator")],
        **_page(),
    }


def link_create() -> Schema:
    v: Any = tk.get_validator
    return {"id": [v("not_empty"), v("unicode_safe")], "number": [v("default")(1), whole(1, MOST_LINKS)]}


def rating_create() -> Schema:
    v: Any = tk.get_validator
    return {
        "id": [v("ignore_empty"), v("unicode_safe")],
        "token": [v("ignore_empty"), v("unicode_safe")],
        "comment": [v("ignore_empty"), text(2_000)],
        **{axis: [v("ignore_empty"), whole(1, 5)] for axis in AXES},
    }


def results_save() -> Schema:
    v: Any = tk.get_validator
    return {"owner_org": [v("not_empty"), agency], "kind": [v("default")("targets"), one_of(("targets", "official"))]}
