"""What the actions of persons take."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey, Schema

from ckanext.opengov.civic import regions
from ckanext.opengov.civic.identifiers import is_bin
from ckanext.opengov.civic.logic.schema.journal import at_most
from ckanext.opengov.civic.service import drafts, wording

KINDS = ("person", "organisation")
LONGEST_NAME = 200
LONGEST_EMAIL = 254
LONGEST_PASSWORD = 500
LONGEST_ADDRESS = 2_000
PAGE = 20
LARGEST_PAGE = 100


def language() -> list[Any]:
    """A language of the portal, by default that of the request."""
    v: Any = tk.get_validator
    return [v("default")(wording.current()), v("one_of")(list(tk.config["ckan.locales_offered"]))]


def person_register() -> Schema:
    """An address, a name, and the number of an organisation."""
    v: Any = tk.get_validator
    return {
        "email": [v("not_empty"), v("unicode_safe"), v("strip_value"), plain(LONGEST_EMAIL), v("email_validator")],
        "fullname": [v("not_empty"), v("unicode_safe"), v("strip_value"), plain(LONGEST_NAME), one_line],
        "kind": [v("default")("person"), v("one_of")(list(KINDS))],
        "bin": [number_of_organisation, v("unicode_safe")],
        "language": language(),
        "place": [v("ignore_empty"), v("unicode_safe"), place],
        "next": [v("ignore_empty"), local_address],
        "draft": [v("ignore_empty"), unfinished],
    }


def person_email_confirm() -> Schema:
    """Where the link leads on to."""
    return {"next": [tk.get_validator("ignore_empty"), local_address]}


def person_confirm() -> Schema:
    """A token and the password of a new account."""
    v: Any = tk.get_validator
    return {
        "token": [v("not_empty"), v("unicode_safe")],
        "password": [v("ignore_missing"), v("unicode_safe"), plain(LONGEST_PASSWORD)],
    }


def person_update() -> Schema:
    """What a person says of themselves."""
    v: Any = tk.get_validator
    return {
        "language": [v("ignore_empty"), v("one_of")(list(tk.config["ckan.locales_offered"]))],
        "place": [v("ignore_missing"), v("unicode_safe"), place],
    }


def my_item_list() -> Schema:
    """A page of one's own list."""
    v: Any = tk.get_validator
    return {
        "before": [v("ignore_empty"), v("unicode_safe"), moment],
        "limit": [v("default")(PAGE), v("is_positive_integer"), at_most(LARGEST_PAGE)],
    }


def local_address(value: Any) -> str:
    """A page of the portal, from the slash on."""
    if not isinstance(value, str) or len(value) > LONGEST_ADDRESS or not value.startswith("/") or _leads_away(value):
        raise tk.Invalid(tk._("Give the address of a page of this portal, from the slash on."))
    return value


def _leads_away(value: str) -> bool:
    return value.startswith(("//", "/\\")) or not value.isprintable() or not tk.h.url_is_local(value)


def unfinished(value: Any) -> dict[str, Any]:
    """A form that somebody wants to go on with once they have an account."""
    texts = [value.get(name) for name in ("form_key", "title", "url")] if isinstance(value, dict) else [None]
    if not all(isinstance(one, str) and len(one) <= LONGEST_ADDRESS for one in texts):
        raise tk.Invalid(tk._("A draft needs its form_key, title, url and data."))
    if not isinstance(value["data"], dict) or drafts.size(value["data"]) > drafts.LARGEST:
        raise tk.Invalid(tk._("The fields of a draft are a dictionary of at most 256 KB."))
    return {name: value[name] for name in ("form_key", "title", "url", "data")}


def one_line(value: str) -> str:
    """A name, without line breaks."""
    return " ".join(value.split())


def plain(longest: int) -> Callable[[str], str]:
    """A validator of texts: not longer than this, and nothing in them that no database takes."""

    def check(value: str) -> str:
        if len(value) > longest:
            raise tk.Invalid(tk._("At most {limit} characters.").format(limit=longest))
        if "\0" in value:
            raise tk.Invalid(tk._("There is a character in it that is no text. Type it again by hand."))
        return value

    return check


def number_of_organisation(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Organisations give their BIN; persons have none."""
    value = data.get(key)
    text = value.replace(" ", "") if isinstance(value, str) else ""
    if data.get((*key[:-1], "kind")) != "organisation":
        data[key] = None
    elif not is_bin(text):
        errors[key].append(
            tk._("Enter the BIN of the organisation: 12 digits, as in its certificate. Check each digit.")
            if text
            else tk._("An organisation needs its BIN: 12 digits.")
        )
    else:
        data[key] = text


def place(value: str) -> str:
    """A KATO code: of a region, or nine digits that lie in one."""
    text = value.strip()
    known = {one.code for one in regions.regions()}
    if text and not (len(text) == 9 and text.isascii() and text.isdigit() and text[:2] in known):
        raise tk.Invalid(tk._("“{code}” is no place: give the nine digits of its KATO code.").format(code=text[:20]))
    return text


def moment(value: str) -> dt.datetime:
    """A time with its zone, as ``next`` gave it."""
    try:
        found = dt.datetime.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise tk.Invalid(tk._("Give the time as 2026-11-24T08:00:00+00:00."))
    return found
