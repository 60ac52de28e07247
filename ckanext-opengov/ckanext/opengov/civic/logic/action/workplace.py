"""The workplace's actions: what waits, many tasks at once, drafts of forms."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic.checked import checked, person, refusing
from ckanext.opengov.civic.logic.errors import sentences
from ckanext.opengov.civic.logic.schema import workplace as schema
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.workplace import Draft
from ckanext.opengov.civic.service import agencies, drafts, workplace
from ckanext.opengov.civic.tasks import Task

__all__ = ["draft_delete", "draft_list", "draft_save", "draft_show", "workplace_bulk", "workplace_task_list"]


@tk.side_effect_free
def workplace_task_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What waits for the user as an officer: by deadline, overdue first, those without a deadline last.

    :param component: only this component
    :type component: string
    :param agency: name or id of the agency
    :type agency: string
    :param kind: only tasks of this kind, as in ``counters.kinds``
    :type kind: string
    :param overdue: only what is overdue
    :type overdue: bool
    :param mine: only what the user has in hand
    :type mine: bool
    :param cursor: ``next`` of the page before
    :type cursor: string
    :param limit: 50 by default, 200 at most
    :type limit: int

    :returns: ``tasks``: ``id``, ``component``, ``kind``, ``kind_title``, ``title``, ``url``, ``agency_id``,
        ``agency_title``, ``due_at``, ``overdue``, ``assignee``, ``assignee_title``, ``mine``, ``state``,
        ``entity_type`` and ``entity_id``; ``counters``, whatever the filters: ``all``, ``overdue``, ``mine``,
        ``components``, ``kinds`` and ``agencies``, each with ``name``, ``title`` and ``number``; ``next``, None on
        the last page
    :rtype: dictionary
    :raises NotAuthorized: for anybody without a role
    :raises ValidationError: for an unknown agency or a cursor that no page gave
    """
    tk.check_access("workplace_task_list", context, data_dict)
    data = checked(data_dict, schema.workplace_task_list(), context)
    user = person(context)
    filters = workplace.Filters(
        data.get("component"), _agency_id(data.get("agency")), data.get("kind"), data["overdue"], data["mine"]
    )
    found = refusing("cursor", lambda: workplace.page(user, filters, data.get("cursor"), data["limit"]))
    counted = workplace.counters(found.counts)
    places = {one.agency_id for one in found.tasks if one.agency_id} | counted["agencies"].keys()
    titles, people = workplace.names(places, {one.assignee for one in found.tasks if one.assignee})
    return {
        "tasks": [_shown(task, user.id, titles, people) for task in found.tasks],
        "counters": _counters(counted, titles),
        "next": found.next,
    }


def _agency_id(reference: str | None) -> str | None:
    if not reference:
        return None
    agency = agencies.find(reference)
    if agency is None:
        raise tk.ValidationError({"agency": [tk._("There is no agency “{id}”.").format(id=reference)]})
    return agency.id


def _shown(task: Task, user_id: str, titles: dict[str, str], people: dict[str, str]) -> dict[str, Any]:
    return {
        "id": task.id,
        "component": task.component,
        "kind": task.kind,
        "kind_title": workplace.kind_title(task.component, task.kind),
        "title": task.title,
        "url": task.url,
        "agency_id": task.agency_id,
        "agency_title": titles.get(task.agency_id or ""),
        "due_at": task.due_at.isoformat() if task.due_at else None,
        "overdue": bool(task.due_at and task.due_at < utc_now()),
        "assignee": task.assignee,
        "assignee_title": people.get(task.assignee or ""),
        "mine": task.assignee == user_id,
        "state": task.state,
        "entity_type": task.entity_type,
        "entity_id": task.entity_id,
    }


def _counters(counted: dict[str, Any], titles: dict[str, str]) -> dict[str, Any]:
    components = workplace.with_tasks()
    kinds = [
        {"component": component, "name": kind, "title": workplace.kind_title(component, kind), "number": number}
        for (component, kind), number in counted["kinds"].items()
    ]
    places = [
        {"name": name, "title": titles.get(name, name), "number": number}
        for name, number in counted["agencies"].items()
    ]
    return {
        **{name: counted[name] for name in ("all", "overdue", "mine")},
        "components": [
            {"name": name, "title": tk._(components[name].title), "number": number}
            for name, number in counted["components"].items()
        ],
        "kinds": sorted(kinds, key=lambda one: one["title"].casefold()),
        "agencies": sorted(places, key=lambda one: one["title"].casefold()),
    }


def workplace_bulk(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Do one thing to many tasks of a component. Each is done by itself: one that fails does not stop the others.

    :param component: name of the component
    :type component: string
    :param action: one of the component's bulk actions
    :type action: string
    :param ids: ids of at most 200 tasks, from ``workplace_task_list``
    :type ids: list
    :param value: for an action that wants a choice, such as to whom: what was chosen
    :type value: string

    :returns: ``done``: ids of the tasks that were done; ``failed``: ``id`` and ``message`` of each other
    :rtype: dictionary
    :raises NotAuthorized: for anybody without a role; whether the user may do it to a task, the action behind says
    :raises ValidationError: for an unknown component or action
    """
    tk.check_access("workplace_bulk", context, data_dict)
    data = checked(data_dict, schema.workplace_bulk(), context)
    bulk = refusing("action", lambda: workplace.bulk_action(data["component"], data["action"]))
    chosen = {bulk.field: _choice(data.get("value"))} if bulk.field else {}
    done, failed = [], []
    for task in data["ids"]:
        message = _do(bulk.action, bulk.data(task) | chosen, context)
        if message is None:
            done.append(task)
        else:
            failed.append({"id": task, "message": message})
    return {"done": done, "failed": failed}


def _choice(value: str | None) -> str:
    if not value:
        raise tk.ValidationError({"value": [tk._("Choose first, in the list beside the button.")]})
    return value


def _do(action: str, data: dict[str, Any], context: Context) -> str | None:
    """Why it failed, in the user's language."""
    try:
        tk.get_action(action)(tk.fresh_context(context), data)
    except tk.ValidationError as error:
        model.Session.rollback()
        return sentences(error)
    except (tk.NotAuthorized, tk.ObjectNotFound) as error:
        model.Session.rollback()
        return str(error)
    return None


def draft_save(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Keep what the user has typed into a form and not sent yet. The draft before is replaced.

    :param form_key: which form, such as ``dataset-new`` or ``appeal-answer-17``
    :type form_key: string
    :param data: the fields, 256 KB at most
    :type data: dictionary
    :param title: the form's heading (optional)
    :type title: string
    :param url: the form's address, from the slash on (optional)
    :type url: string
    :param entity_type: type of what the form changes (optional)
    :type entity_type: string
    :param entity_id: its id (optional)
    :type entity_id: string

    :returns: ``form_key`` and ``saved_at``
    :rtype: dictionary
    :raises NotAuthorized: for visitors
    :raises ValidationError: for a draft that is too large, or when the user has 200 others
    """
    tk.check_access("draft_save", context, data_dict)
    data = checked(data_dict, schema.draft_save(), context)
    about = {name: data.get(name) for name in ("title", "url", "entity_type", "entity_id")}
    user = person(context)
    draft = refusing("data", lambda: drafts.save(user.id, data["form_key"], data["data"], about))
    answer = {"form_key": draft.form_key, "saved_at": draft.saved_at.isoformat()}
    model.Session.commit()
    return answer


@tk.side_effect_free
def draft_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The user's draft of a form.

    :param form_key: which form
    :type form_key: string

    :returns: ``draft``: ``form_key``, ``data``, ``title``, ``url``, ``entity_type``, ``entity_id`` and ``saved_at``;
        None when there is none
    :rtype: dictionary
    :raises NotAuthorized: for visitors
    """
    tk.check_access("draft_show", context, data_dict)
    data = checked(data_dict, schema.draft_key(), context)
    draft = drafts.find(person(context).id, data["form_key"])
    return {"draft": {**_draft(draft), "data": draft.data} if draft else None}


@tk.side_effect_free
def draft_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """All drafts of the user, the newest first, without their fields.

    :returns: as in ``draft_show``, without ``data``
    :rtype: list
    :raises NotAuthorized: for visitors
    """
    tk.check_access("draft_list", context, data_dict)
    return [_draft(draft) for draft in drafts.of_user(person(context).id)]


def _draft(draft: Draft) -> dict[str, Any]:
    about = {name: getattr(draft, name) for name in ("form_key", "title", "url", "entity_type", "entity_id")}
    return {**about, "saved_at": draft.saved_at.isoformat()}


def draft_delete(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Forget the user's draft of a form.

    :param form_key: which form
    :type form_key: string

    :returns: ``deleted``: whether there was one
    :rtype: dictionary
    :raises NotAuthorized: for visitors
    """
    tk.check_access("draft_delete", context, data_dict)
    data = checked(data_dict, schema.draft_key(), context)
    deleted = drafts.delete(person(context).id, data["form_key"])
    model.Session.commit()
    return {"deleted": deleted}
