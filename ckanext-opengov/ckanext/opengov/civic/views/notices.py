"""Pages of notices: following with or without an account, ending it in one click, and feeds."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from feedgen.feed import FeedGenerator
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic import regions
from ckanext.opengov.civic.interfaces import manifests
from ckanext.opengov.civic.model.notices import Notice
from ckanext.opengov.civic.service import agencies, notices, subscriptions, wording
from ckanext.opengov.civic.views.persons import region_options

blueprint = Blueprint("opengov_notices", __name__, url_prefix="/notices")

FEED_KINDS = ("entity", "agency", "place", "component")


@blueprint.before_request
def keep_nowhere() -> None:
    """Pages with a link of a mail are for one person; the feed is for all."""
    if request.endpoint != "opengov_notices.feed":
        request.environ["__no_cache__"] = True


@blueprint.route("/subscribe", methods=["GET", "POST"])
def subscribe() -> ResponseReturnValue:
    """Follow something: what the page that led here is about, or a place or a section that is chosen here."""
    given = request.form if request.method == "POST" else request.args
    data = {name: given.get(name, "") for name in ("kind", "value", "email", "frequency", "language")}
    if request.method == "GET":
        return _subscribe_form(data, {})
    kind, value = data["kind"], data["value"]
    if not kind and ":" in given.get("target", ""):
        kind, _, value = given["target"].partition(":")
    wish = {"target_kind": kind, "target_value": value}
    wish |= {name: data[name] for name in ("email", "frequency", "language") if data[name]}
    try:
        answer = tk.get_action("subscription_create")({}, wish)
    except tk.ValidationError as error:
        return _subscribe_form(data, error.error_summary)
    variables = {"state": answer["state"], "title": title_of(kind, value)}
    return tk.render("opengov_civic/notices/subscribed.html", variables)


def _subscribe_form(data: dict[str, str], summary: Any) -> str:
    known = data["kind"] in subscriptions.KINDS and data["value"]
    variables = {
        "data": data,
        "error_summary": summary,
        "title": title_of(data["kind"], data["value"]) if known else "",
        "feed": feed_address(data["kind"], data["value"]) if known and data["kind"] in FEED_KINDS else "",
        "places": region_options(),
        "components": [(one.name, tk._(one.title)) for one in manifests() if one.endpoint],
        "signed_in": current_user.is_authenticated,
    }
    return tk.render("opengov_civic/notices/subscribe.html", variables)


def title_of(kind: str, value: str) -> str:
    """What is followed, in the visitor's words."""
    return _TITLES.get(kind, str)(value)


def _entity_title(value: str) -> str:
    kind, _, name = value.partition(":")
    if kind == "agency":
        return _agency_title(name)
    try:
        package = tk.get_action("package_show")({}, {"id": name})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk._("a page that is not public")
    return tk.h.dataset_display_name(package)


def _agency_title(value: str) -> str:
    agency = agencies.find(value)
    return agency.display_name if agency else value


def _place_title(value: str) -> str:
    place = regions.region(value)
    return place.title(wording.current()) if place else value


def _component_title(value: str) -> str:
    return next((tk._(one.title) for one in manifests() if one.name == value), value)


def _search_title(value: str) -> str:
    words = subscriptions.search_words(value)
    return tk._("search: {words}").format(words=", ".join(words))


_TITLES = {
    "entity": _entity_title,
    "agency": _agency_title,
    "place": _place_title,
    "component": _component_title,
    "search": _search_title,
}


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> ResponseReturnValue:
    """The link of the mail. Opening it changes nothing, since mail programmes open links too; the button does."""
    waiting = subscriptions.waiting(token)
    if waiting is None:
        return tk.render("opengov_civic/notices/old_link.html"), 404
    title = title_of(waiting.target_kind, waiting.target_value)
    if request.method == "POST":
        tk.get_action("subscription_confirm")({}, {"token": token})
        return tk.render("opengov_civic/notices/subscribed.html", {"state": "following", "title": title})
    return tk.render("opengov_civic/notices/confirm.html", {"title": title, "frequency": waiting.frequency})


@blueprint.route("/unsubscribe/<path:token>", methods=["GET", "POST"])
def unsubscribe(token: str) -> ResponseReturnValue:
    """End it: a page with a button, or by POST at once, as mail programmes do it (RFC 8058)."""
    found = subscriptions.of_token(token)
    if found is None:
        return tk.render("opengov_civic/notices/old_link.html"), 404
    titles = [title_of(one.target_kind, one.target_value) for one in found]
    if request.method == "POST":
        tk.get_action("subscription_delete")({}, {"token": token})
    variables = {"titles": titles, "ended": request.method == "POST" or not found}
    return tk.render("opengov_civic/notices/unsubscribe.html", variables)


@blueprint.route("/feed.atom")
def feed() -> Response:
    """The newest public notices as Atom: of an entity, an agency, a place, a component, or of everything."""
    kind = next((name for name in FEED_KINDS if request.args.get(name)), "")
    value = request.args.get(kind, "")
    language = wording.current()
    agency = agencies.find(value) if kind == "agency" else None
    found = notices.newest(kind, agency.id if agency else value)
    name = title_of(kind, value) if kind else ""
    title = ": ".join(part for part in (wording.site_title(language), name) if part)
    document = _atom(found, title, wording.address(feed_address(kind, value), language), language)
    return Response(document, content_type="application/atom+xml; charset=utf-8")


def feed_address(kind: str, value: str) -> str:
    """The path of a feed, without language."""
    return f"/notices/feed.atom?{urlencode({kind: value})}" if kind else "/notices/feed.atom"


def _atom(found: list[Notice], title: str, address: str, language: str) -> bytes:
    generator = FeedGenerator()
    generator.id(address)
    generator.title(title)
    generator.language(language)
    generator.author({"name": wording.site_title(language)})
    generator.link(href=address, rel="self", type="application/atom+xml")
    if found:
        generator.updated(found[0].created_at)
    for notice in found:
        entry = generator.add_entry(order="append")
        page = wording.address(notice.url, language)
        entry.id(f"{wording.address('/notices/', wording.known(None))}{quote(notice.key)}")
        entry.title(wording.pick(notice.subject, language))
        entry.link(href=page, rel="alternate")
        entry.published(notice.created_at)
        entry.updated(notice.created_at)
        if text := wording.pick(notice.body, language):
            entry.content(text, type="text")
    return generator.atom_str(pretty=True)
