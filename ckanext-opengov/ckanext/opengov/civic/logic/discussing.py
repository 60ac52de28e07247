"""What is discussed, and whether the person who asks may see it: for auth functions and actions alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.model.discussion import Comment, Thread
from ckanext.opengov.civic.service.discussion import comments, moderation, threads
from ckanext.opengov.civic.service.discussion.rules import DiscussionRules, rules_of
from ckanext.opengov.civic.service.discussion.showing import Reader
from ckanext.opengov.civic.service.discussion.threads import Subject


@dataclass(frozen=True)
class Matter:
    """What is discussed, by which rules, and its thread if somebody has written."""

    subject: Subject
    rules: DiscussionRules
    thread: Thread | None

    def reader(self, context: Context) -> Reader:
        """The person who asks, as a reader of this thread."""
        user = access.user_of(context)
        # A thread that is not there yet has nobody's original in it.
        competent = bool(user and self.thread and moderation.moderates(user.id, self.thread))
        return Reader(user.id if user else None, competent)


def matter(context: Context, data: dict[str, Any]) -> Matter:
    """What a request is about: the thread of ``thread_id``, or of ``entity_type``, ``entity_id`` and ``anchor``.

    :raises ObjectNotFound: when there is no such thread or entity
    :raises NotAuthorized: when the person may not see it
    :raises ValidationError: when that type has no discussion
    """
    thread = _thread(data["thread_id"]) if data.get("thread_id") else None
    subject = (
        Subject(thread.entity_type, thread.entity_id, thread.anchor)
        if thread
        else Subject(data["entity_type"], data["entity_id"], data.get("anchor") or None)
    )
    rules = rules_of(subject.entity_type)
    subject = _readable(context, subject, rules)
    return Matter(subject, rules, thread or threads.find(subject))


def _thread(thread_id: str) -> Thread:
    thread = threads.get(thread_id)
    if thread is None:
        raise tk.ObjectNotFound(tk._("There is no discussion with this id."))
    return thread


def _readable(context: Context, subject: Subject, rules: DiscussionRules) -> Subject:
    if rules.readable is None:
        # A package may be given by its name; its thread goes by the id.
        return subject._replace(entity_id=access.subject(context, subject.entity_type, subject.entity_id).entity_id)
    user = access.user_of(context)
    if not rules.readable(user.id if user else None, subject.entity_id):
        message = tk._("There is nothing of type “{type}” with the id “{id}”.")
        raise tk.ObjectNotFound(message.format(type=subject.entity_type, id=subject.entity_id))
    return subject


def comment(context: Context, comment_id: str) -> tuple[Comment, Matter]:
    """A comment that the person who asks may see, with what it is about.

    :raises ObjectNotFound: when there is none, or none that they may see
    """
    found = comments.get(comment_id)
    if found is not None:
        about = matter(context, {"thread_id": found.thread_id})
        if about.reader(context).may_see(found):
            return found, about
    raise tk.ObjectNotFound(tk._("There is no comment with this id."))
