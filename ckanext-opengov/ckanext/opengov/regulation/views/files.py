"""What machines take: the calendar of discussions, the feed of acts, a discussion as JSON:API, documents."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
from feedgen.feed import FeedGenerator
from flask import Response, request
from icalendar import Calendar, Event

from ckanext.opengov.civic.service import wording
from ckanext.opengov.regulation import act_display as display
from ckanext.opengov.regulation.service import exporting, showing
from ckanext.opengov.regulation.views.acts import blueprint
from ckanext.opengov.regulation.views.shared import act, sentences

__all__ = ["blueprint"]

# What a browser may do with a document, should it be opened as a page.
SANDBOX = "sandbox; default-src 'none'"
FEED = 50
CALENDAR = 100


def _wanted() -> dict[str, Any]:
    return {name: request.args[name] for name in ("agency", "kind", "state") if request.args.get(name)}


def _listed(limit: int, **more: Any) -> list[dict[str, Any]]:
    try:
        return act("draft_act_list", {**_wanted(), **more, "limit": limit})["acts"]
    except tk.ValidationError as error:
        return tk.abort(400, sentences(error))


def _address(one: dict[str, Any]) -> str:
    return wording.address(f"/draft-act/{one['number']}", wording.current())


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


@blueprint.get("/draft-acts/calendar.ics")
def calendar() -> Response:
    """Discussions that run or begin, and the days on which answers are due, for one's own calendar."""
    found = Calendar()
    found.add("prodid", "-//Open Government//Draft acts//")
    found.add("version", "2.0")
    found.add("x-wr-calname", tk._("Discussions of draft acts"))
    for state in ("announced", "discussion", "answers_due"):
        for one in _listed(CALENDAR, state=state):
            found.add_component(_event(one))
    headers = {"Content-Disposition": 'inline; filename="draft-acts.ics"'}
    return Response(found.to_ical(), headers=headers, content_type="text/calendar; charset=utf-8")


def _event(one: dict[str, Any]) -> Event:
    is_due = one["state"] == "answers_due"
    title = display.pick(one["title"])
    host = tk.config["ckan.site_url"].partition("://")[2]
    event = Event()
    event.add("uid", f"{one['number']}-{one['discussion']}-{'answers' if is_due else 'discussion'}@{host}")
    event.add("dtstamp", dt.datetime.now(dt.UTC))
    if is_due:
        event.add("summary", tk._("Answers are due: {title}").format(title=title))
        event.add("dtstart", _moment(one["answers_due_at"] or one["closes_at"]).date())
    else:
        event.add("summary", tk._("Discussion: {title}").format(title=title))
        event.add("dtstart", _moment(one["starts_at"]))
        event.add("dtend", _moment(one["ends_at"]))
    event.add("description", one["agency"]["title"])
    event.add("url", _address(one))
    return event


@blueprint.get("/draft-acts/feed.atom")
def feed() -> Response:
    """The newest announced acts as Atom, of all agencies or of one."""
    language = wording.current()
    generator = FeedGenerator()
    here = wording.address(request.full_path.rstrip("?"), language)
    generator.id(here)
    generator.title(f"{wording.site_title(language)}: {tk._('Draft acts')}")
    generator.language(language)
    generator.author({"name": wording.site_title(language)})
    generator.link(href=here, rel="self", type="application/atom+xml")
    for one in _listed(FEED):
        entry = generator.add_entry(order="append")
        entry.id(wording.address(f"/draft-act/{one['number']}", wording.known(None)))
        entry.title(display.pick(one["title"]))
        entry.link(href=_address(one), rel="alternate")
        entry.published(_moment(one["announced_at"]))
        entry.updated(_moment(one["ended_at"] or one["reported_at"] or one["announced_at"]))
        card = display.card(one)
        entry.summary(" · ".join(filter(None, (card["state_title"], card["kind_title"], one["agency"]["title"]))))
    return Response(generator.atom_str(pretty=True), content_type="application/atom+xml; charset=utf-8")


@blueprint.get("/draft-act/<number>/discussion.json")
def export(number: str) -> Response:
    """A whole discussion as JSON:API, sent while it is read."""
    act("draft_act_discussion_export", {"id": number})
    found = showing.find(number)
    headers = {
        "Content-Disposition": f'attachment; filename="discussion-{found.number}.json"',
        "Content-Security-Policy": SANDBOX,
    }
    address = wording.address(f"/draft-act/{found.number}", wording.known(None))
    return Response(exporting.stream(found, address), headers=headers, content_type=exporting.MEDIA_TYPE)


@blueprint.get("/draft-act/<number>/document/<uuid:document_id>")
def document(number: str, document_id: Any) -> Response:
    """A document of an act."""
    found = act("draft_act_document_show", {"id": number, "document_id": str(document_id)})
    answer = Response(base64.b64decode(found["content"]), mimetype=found["mimetype"])
    answer.headers.set("Content-Disposition", "attachment", filename=found["name"])
    answer.headers.set("Content-Security-Policy", SANDBOX)
    answer.headers.set("X-Content-Type-Options", "nosniff")
    return answer
