"""What people are told of a request: each step to its author and supporters, new work to officers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ckan.model as model

from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import notices, officers, wording
from ckanext.opengov.civic.service.calendar import local_date
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.model.requests import DataRequest
from ckanext.opengov.data.service import agencies, people
from ckanext.opengov.data.service.requests import supporting
from ckanext.opengov.data.service.requests.states import COMPONENT, OPEN, STATES, TITLES, TYPE

LANGUAGES = ("kk", "ru", "en")
# Events after which somebody in an agency, or the authorised body, has to act.
NEW_WORK = frozenset({"data_request.received", "data_request.assign", "data_request.forward"})
# Those that end the matter: supporters wait for them as the author does.
ANSWERS = frozenset({"data_request.publish", "data_request.refuse", "data_request.join"})
# Those that followers are told of.
FOR_ALL = frozenset({*ANSWERS, "data_request.moderate_accept", "data_request.assign", "data_request.forward"})
# So many addresses stand in one row of the outbox.
MOST_AT_ONCE = 500

SUBJECT = N_("Data request {number}: {event}")
WORK_SUBJECT = N_("Data request {number} waits for you")
BODY = N_("{event}.\n\n“{title}”")
STANDS = N_("State: {state}.")
DUE = N_("The answer is due by {last}, 23:59 in Astana.")
FIND = N_("No agency is named. Find the one that has the data by {last}, 23:59 in Astana.")
OVERDUE_SUBJECT = N_("The term of data request {number} is over")


def page(request: DataRequest) -> str:
    """The path of a request's page."""
    return f"/request/{request.number}"


def moved(message: Any) -> None:
    """Outbox handler: tell the author and the officers; supporters of answers; followers, once it is public."""
    payload = message.payload
    request = model.Session.get(DataRequest, payload["id"])
    if request is None:
        return
    event, key = payload["event"], f"{payload['event']}:{payload['id']}:{payload['at']}"
    if event != "data_request.withdraw":
        _notify(request, payload, f"{key}:author", to=[request.author_id])
    if event in ANSWERS and request.visibility == "public":
        users = supporting.of(request.id)
        for start in range(0, len(users), MOST_AT_ONCE):
            _notify(request, payload, f"{key}:support:{start}", to=users[start : start + MOST_AT_ONCE])
    if event in NEW_WORK:
        _notify(
            request, payload, f"{key}:work", to=workers(request), subject=WORK_SUBJECT, path=f"{page(request)}/desk"
        )
    if event in FOR_ALL and request.visibility == "public":
        _notify(request, payload, f"{key}:all", to=[], is_public=True)


def workers(request: DataRequest) -> list[str]:
    """Who has to act: the agency's officers, or who finds the agency."""
    return people.workers(request.agency_id) if request.agency_id else people.everybody_with(Role.LIST_APPROVER)


def _notify(
    request: DataRequest,
    payload: Mapping[str, Any],
    key: str,
    *,
    to: Iterable[str],
    subject: str = SUBJECT,
    path: str | None = None,
    is_public: bool = False,
) -> None:
    users = list(to)
    if not users and not is_public:
        return
    notices.notify(
        payload["event"],
        entity_type=TYPE,
        entity_id=request.id,
        agency_id=request.agency_id,
        component=COMPONENT,
        subject={code: _subject(request, payload, subject, code) for code in LANGUAGES},
        body={code: _body(request, payload, code) for code in LANGUAGES},
        url=path or page(request),
        to_users=users,
        public=is_public,
        urgent=payload["event"] in ANSWERS,
        key=key,
    )


def _happened(payload: Mapping[str, Any], language: str) -> str:
    values = dict(payload["public"])
    if values.get("agency_id"):
        values["agency"] = agency_title(values["agency_id"], language)
    blank = {"number": "", "reason": "", "agency": "", "other": "", "until": ""}
    return wording.say(language, TITLES[payload["event"]]).format_map(blank | values)


def _subject(request: DataRequest, payload: Mapping[str, Any], subject: str, language: str) -> str:
    return wording.say(language, subject).format(number=request.number, event=_happened(payload, language))


def _body(request: DataRequest, payload: Mapping[str, Any], language: str) -> str:
    parts = [wording.say(language, BODY).format(event=_happened(payload, language), title=request.title)]
    if request.state not in OPEN:
        parts.append(wording.say(language, STANDS).format(state=wording.say(language, STATES[request.state])))
        parts.append(request.answer)
    elif request.due_at:
        sentence = DUE if request.agency_id else FIND
        parts.append(wording.say(language, sentence).format(last=f"{local_date(request.due_at):%d.%m.%Y}"))
    return "\n\n".join(part for part in parts if part)


def overdue(request: DataRequest) -> None:
    """Tell the officers and the supervisors that a term is over."""
    if request.due_at is None:
        return
    payload = {"event": "data_request.overdue", "public": {}}
    heads = officers.responsible(COMPONENT, request.agency_id, {Role.HEAD}) if request.agency_id else []
    users = dict.fromkeys([*workers(request), *heads, *people.everybody_with(Role.SUPERVISOR)])
    key = f"data_request.overdue:{request.id}:{request.due_at.isoformat()}"
    _notify(request, payload, key, to=users, subject=OVERDUE_SUBJECT, path=f"{page(request)}/desk")


def agency_title(agency_id: str | None, language: str) -> str:
    """An agency's name in a language."""
    group = model.Group.get(agency_id) if agency_id else None
    if group is None:
        return ""
    texts = agencies.titles([group.id]).get(group.id, {})
    return wording.pick(texts, language) or group.title or group.name
