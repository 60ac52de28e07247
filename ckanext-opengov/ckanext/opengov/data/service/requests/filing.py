"""A citizen asks for data: the texts are checked and masked, the term begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import agencies, journal
from ckanext.opengov.civic.service.calendar import local_date
from ckanext.opengov.civic.service.discussion import texts
from ckanext.opengov.civic.service.discussion.masking import public_copy
from ckanext.opengov.data.model.requests import NUMBERS, DataRequest
from ckanext.opengov.data.service.requests import clock, moving, packages
from ckanext.opengov.data.service.requests.states import TYPE

TITLE_LENGTH = 200
WANTED_LENGTH = 5_000
WHY_LENGTH = 2_000
SHORTEST = 10
SAME_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class Asked:
    """What somebody asks for, checked."""

    author_id: str
    title: str
    wanted: str
    why: str
    language: str
    data_languages: tuple[str, ...]
    agency_id: str | None

    @property
    def texts(self) -> dict[str, str]:
        """The three texts by field."""
        return {"title": self.title, "wanted": self.wanted, "why": self.why}


def check(data: dict[str, Any], author_id: str) -> Asked:
    """What is asked, as it may be stored.

    :raises ValidationError: with all that is wrong, by field
    """
    errors: dict[str, Any] = {}

    def take(read: Callable[[], Any]) -> Any:
        try:
            return read()
        except tk.ValidationError as error:
            errors.update(error.error_dict)
            return None

    title = take(lambda: _long_enough("title", data.get("title"), TITLE_LENGTH))
    found = {
        "wanted": take(lambda: _long_enough("wanted", data.get("wanted"), WANTED_LENGTH)),
        "why": take(lambda: texts.check("why", data["why"], WHY_LENGTH) if data.get("why") else ""),
        "language": take(lambda: texts.check_language(data.get("language"))),
        "data_languages": take(lambda: _languages(data.get("data_languages"))),
        "agency_id": take(lambda: _agency(data.get("agency"))),
    }
    if errors:
        raise tk.ValidationError(errors)
    return Asked(author_id=author_id, title=" ".join(title.split()), **found)


def _long_enough(name: str, text: object, most: int) -> str:
    cleaned = texts.check(name, "" if text is None else text, most)
    if len(cleaned) < SHORTEST:
        message = tk._("The text has {length} characters; write at least {limit}, so that it can be understood.")
        raise tk.ValidationError({name: [message.format(length=len(cleaned), limit=SHORTEST)]})
    return cleaned


def _languages(given: Any) -> tuple[str, ...]:
    values = [given] if isinstance(given, str) and given else given or []
    wrong = not isinstance(values, list) or any(one not in texts.LANGUAGES for one in values)
    if wrong:
        message = tk._("Choose the languages of the data from: {known}.")
        raise tk.ValidationError({"data_languages": [message.format(known=", ".join(texts.LANGUAGES))]})
    return tuple(code for code in texts.LANGUAGES if code in values)


def _agency(reference: object) -> str | None:
    if reference is None or reference == "":
        return None
    found = agencies.find(reference) if isinstance(reference, str) else None
    if found is None:
        message = tk._("There is no agency “{name}”. Choose one from the list, or leave it open if you are not sure.")
        raise tk.ValidationError({"agency": [message.format(name=str(reference)[:60])]})
    return found.id


def file(asked: Asked) -> DataRequest:
    """Take a request in, in the session's open transaction.

    :raises ValidationError: when the same person asked the same within a day
    """
    # A double click waits here for its first half.
    model.Session.execute(
        sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"data_request:{asked.author_id}", 0)))
    )
    _not_twice(asked)
    request = _request(asked)
    model.Session.add(request)
    model.Session.flush()
    packages.insert(request)
    public = {"number": request.number}
    journal.record(TYPE, request.id, "data_request.received", actor=None, public=public, at=request.received_at)
    moving.tell_later(request, "data_request.received", public)
    return request


def _not_twice(asked: Asked) -> None:
    same = sa.select(DataRequest.number).where(
        DataRequest.author_id == asked.author_id,
        DataRequest.received_at > utc_now() - SAME_WITHIN,
        DataRequest.original == sa.cast(asked.texts, JSONB),
    )
    number = model.Session.scalar(same.limit(1))
    if number:
        message = tk._("You have asked for this already: it is request {number}.")
        raise tk.ValidationError({"title": [message.format(number=number)]})


def _request(asked: Asked) -> DataRequest:
    now = utc_now()
    copies = {name: public_copy(text, asked.language) for name, text in asked.texts.items()}
    request = DataRequest(
        id=str(uuid4()),
        number=_number(local_date(now).year),
        author_id=asked.author_id,
        agency_id=asked.agency_id,
        language=asked.language,
        data_languages=list(asked.data_languages),
        original=asked.texts,
        findings={name: copy.findings for name, copy in copies.items()},
        state="in_work" if asked.agency_id else "unassigned",
        visibility="pending" if tk.config["opengov.data.request_premoderation"] else "public",
        support=0,
        received_at=now,
        answer="",
        datasets=[],
        **{name: copy.text for name, copy in copies.items()},
    )
    clock.restart(request, clock.current(), now)
    return request


def _number(year: int) -> str:
    """The next number. The sequence gives none twice, even to transactions at once."""
    return f"dr-{year}-{model.Session.scalar(sa.select(NUMBERS.next_value())):06d}"
