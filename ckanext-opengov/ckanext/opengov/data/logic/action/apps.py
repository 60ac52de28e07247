"""Actions on apps that are built on open data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic.checked import checked, person, refused
from ckanext.opengov.civic.service.discussion import texts
from ckanext.opengov.civic.service.limits import limited
from ckanext.opengov.data.logic.auth.apps import is_author, moderated, moderates
from ckanext.opengov.data.logic.schema import apps as schema
from ckanext.opengov.data.service.apps import life, pictures, rules, showing
from ckanext.opengov.data.service.apps.rules import AppRefusal, Event, State

__all__ = [
    "application_create",
    "application_link_report",
    "application_list",
    "application_moderate",
    "application_show",
    "application_update",
    "application_withdraw",
]


def _sent(data: Mapping[str, Any]) -> life.Sent:
    """What was sent, checked; everything that is wrong at once.

    :raises ValidationError: by field
    """
    errors: dict[str, Any] = {}

    def take(name: str, read: Any) -> Any:
        try:
            return read()
        except tk.ValidationError as error:
            errors.update(error.error_dict)
        except AppRefusal as error:
            errors[name] = [error.translated()]
        return None

    title = take("title", lambda: texts.check("title", data.get("title") or "", rules.LONGEST_TITLE))
    notes = take("notes", lambda: texts.check("notes", data.get("notes") or "", rules.LONGEST_NOTES))
    developer = take("developer", lambda: _developer(data.get("developer")))
    links = take("links", lambda: rules.check_links(data.get("links")))
    used = take("datasets", lambda: life.datasets(_list(data.get("datasets"))))
    made = take("pictures", lambda: _pictures(data, title or ""))
    if errors:
        raise tk.ValidationError(errors)
    keep = tuple(str(one) for one in _list(data["keep"])) if "keep" in data else None
    return life.Sent(" ".join(title.split()), notes, developer, links, used, made, keep)


def _developer(given: Any) -> str | None:
    return " ".join(texts.check("developer", given, rules.LONGEST_DEVELOPER).split()) if given else None


def _list(given: Any) -> Sequence[Any]:
    if given is None or given == "":
        return []
    return given if isinstance(given, (list, tuple)) else [given]


def _pictures(data: Mapping[str, Any], title: str) -> tuple[tuple[str, pictures.Picture], ...]:
    given = [one for one in _list(data.get("pictures")) if not hasattr(one, "read") or one.filename]
    if len(given) > rules.MOST_PICTURES:
        raise AppRefusal("pictures", life.MANY_PICTURES, most=rules.MOST_PICTURES)
    alts = [str(one or "").strip() for one in _list(data.get("alts"))]
    made = []
    for number, one in enumerate(given):
        alt = alts[number] if number < len(alts) and alts[number] else title
        made.append((texts.clean(alt)[: rules.LONGEST_ALT], pictures.made(*pictures.read(one))))
    return tuple(made)


def _commit(change: life.Change, context: Context) -> dict[str, Any]:
    with pictures.stored(change.new):
        model.Session.commit()
    pictures.forget(change.gone)
    return _full(change.app, context)


def _full(app: Any, context: Context) -> dict[str, Any]:
    shown = showing.shown([app])[0]
    mine, judged = is_author(context, app), moderates(context, app)
    inside = {"reason": app.reason} if mine or judged else {}
    return {**shown, **inside, "may_edit": mine, "may_moderate": judged}


@limited("application")
def application_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Send an app that is built on open data. Moderators look at it before the public sees it.

    :param title: its name; at most 120 characters
    :type title: string
    :param notes: what it does; at most 3,000 characters
    :type notes: string
    :param developer: the name under which its makers are shown (optional)
    :type developer: string
    :param links: where people find it, each with ``kind`` (website, google_play, app_store, app_gallery, download,
        source) and ``url`` (https only); 1 to 8
    :type links: list of dictionaries
    :param datasets: ids or names of the public data sets that it uses; 1 to 50
    :type datasets: list of strings
    :param pictures: up to 5 pictures in PNG, JPEG or WebP of at most 5 MB: uploaded files, or dictionaries with
        ``name`` and ``content`` (base64). They are encoded anew; what the camera wrote into them is not kept.
    :type pictures: list
    :param alts: what is to be seen on each picture, in their order (optional)
    :type alts: list of strings

    :returns: the app as in :py:func:`application_show`
    :rtype: dictionary
    :raises NotAuthorized: for persons whose address is not confirmed; also when it is tried too often (status 429)
    :raises ValidationError: with all that is wrong, by field
    """
    tk.check_access("application_create", context, data_dict)
    sent = _sent(data_dict)
    try:
        change = life.create(sent, person(context).id)
    except AppRefusal as error:
        raise refused(error) from error
    return _commit(change, context)


@limited("application")
def application_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Change an app of one's own. It is looked at again, and not public meanwhile.

    :param id: id of the app
    :type id: string
    :param keep: ids of the pictures that stay (all when left out)
    :type keep: list of strings

    The other parameters are those of :py:func:`application_create`; all are given anew.

    :returns: the app as in :py:func:`application_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but who sent it
    :raises ValidationError: with all that is wrong, by field
    """
    tk.check_access("application_update", context, data_dict)
    app = life.get(data_dict.get("id"))
    sent = _sent(data_dict)
    try:
        change = life.update(app.id, sent)
    except AppRefusal as error:
        raise refused(error) from error
    return _commit(change, context)


def application_withdraw(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take an app of one's own off the portal.

    :param id: id of the app
    :type id: string

    :returns: the app as in :py:func:`application_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but who sent it
    :raises ValidationError: when it is withdrawn already
    """
    tk.check_access("application_withdraw", context, data_dict)
    return _move(context, data_dict.get("id"), Event.WITHDRAW, None)


def application_moderate(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Publish an app, or refuse it; a published one is taken off by refusing it. Its makers get a letter.

    :param id: id of the app
    :type id: string
    :param event: ``publish`` or ``refuse``
    :type event: string
    :param reason: why it is refused; its makers read it
    :type reason: string

    :returns: the app as in :py:func:`application_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but list approvers and the moderators of the agencies whose data it uses
    :raises ValidationError: for a step that does not fit, for refusing without a reason
    """
    tk.check_access("application_moderate", context, data_dict)
    data = checked(data_dict, schema.application_moderate(), context)
    return _move(context, data["id"], Event(data["event"]), data.get("reason"))


def _move(context: Context, app_id: Any, event: Event, reason: str | None) -> dict[str, Any]:
    app = life.get(app_id)
    try:
        app = life.move(app.id, event, person(context).id, reason)
    except AppRefusal as error:
        raise refused(error) from error
    model.Session.commit()
    return _full(app, context)


@tk.side_effect_free
def application_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One app.

    :param id: id of the app
    :type id: string

    :returns: ``id``, ``title``, ``notes``, ``developer``, ``state`` (waiting, published, refused, withdrawn),
        ``state_title``, ``links`` (``kind``, ``title``, ``url``, ``host``, ``state``: dead when a report proved true),
        ``datasets`` (``id``, ``name``, ``title``), ``pictures`` (``id``, ``url``, ``alt``, ``width``, ``height``),
        ``contest_id``, ``place`` (1 to 3, of a winner), ``created_at``, ``published_at`` (UTC), ``may_edit``,
        ``may_moderate``; for these two ``reason`` of a refusal
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such app, or it is not public
    """
    tk.check_access("application_show", context, data_dict)
    return _full(life.get(data_dict.get("id")), context)


@tk.side_effect_free
def application_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Apps, the newest first.

    :param q: words in name or text (optional)
    :type q: string
    :param dataset: id or name of a data set that they use (optional)
    :type dataset: string
    :param state: for moderators: waiting, published (default), refused or withdrawn
    :type state: string
    :param mine: only one's own, in every state
    :type mine: bool
    :param offset: how many to leave out
    :type offset: int
    :param limit: how many at most (12, up to 100)
    :type limit: int

    :returns: ``count`` and ``results``, each as in :py:func:`application_show`
    :rtype: dictionary
    :raises NotAuthorized: for other states than published, for all but moderators
    :raises ValidationError: for an unknown state or a number that is none
    """
    tk.check_access("application_list", context, data_dict)
    data = checked(data_dict, schema.application_list(), context)
    wish: dict[str, Any] = {**data, "state": data.get("state") or State.PUBLISHED}
    if data["mine"]:
        wish |= {"author": person(context).id, "state": data.get("state")}
    elif wish["state"] != State.PUBLISHED:
        tk.check_access("application_moderate", tk.fresh_context(context), {})
        wish["agencies"] = moderated(context)
    if data.get("dataset"):
        package = model.Package.get(data["dataset"])
        wish["dataset"] = package.id if package else ""
        if package is None:
            return {"count": 0, "results": []}
    count, results = showing.listed(wish)
    return {"count": count, "results": results}


@limited("application_report")
def application_link_report(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say that a link of an app is dead. The portal asks the address itself and marks it if that is so.

    :param id: id of the app
    :type id: string
    :param url: the link
    :type url: string

    :returns: ``asked``: True
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such app, or it is not public
    :raises ValidationError: for an address that is not among its links
    """
    tk.check_access("application_link_report", context, data_dict)
    data = checked(data_dict, schema.link_report(), context)
    try:
        life.report(life.get(data["id"]), data["url"])
    except AppRefusal as error:
        raise refused(error) from error
    model.Session.commit()
    return {"asked": True}
