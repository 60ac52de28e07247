"""Template helpers of the civic kit."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opengov.civic import roles
from ckanext.opengov.civic.discussion_helpers import (
    opengov_comment_time,
    opengov_discussion,
    opengov_file_endings,
    opengov_here,
    opengov_marked,
    opengov_next_page,
    opengov_number,
    opengov_without,
)
from ckanext.opengov.civic.interfaces import manifests
from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.notice_helpers import opengov_saved_search
from ckanext.opengov.civic.service import agencies, journal, officers_list, ratings, wording
from ckanext.opengov.civic.web import oidc
from ckanext.opengov.civic.workplace_helpers import opengov_deadline, opengov_has_role

__all__ = [
    "opengov_comment_time",
    "opengov_component_title",
    "opengov_deadline",
    "opengov_discussion",
    "opengov_file_endings",
    "opengov_has_role",
    "opengov_has_type",
    "opengov_here",
    "opengov_identity_provider",
    "opengov_marked",
    "opengov_next_page",
    "opengov_number",
    "opengov_officer",
    "opengov_officer_choices",
    "opengov_rating_axes",
    "opengov_rating_comment_length",
    "opengov_saved_search",
    "opengov_timeline",
    "opengov_without",
]

TIMELINE = 100


def opengov_identity_provider() -> dict[str, str] | None:
    """What the button to the identity provider says; None when the portal has no provider."""
    return {"label": oidc.label(wording.current())} if oidc.enabled() else None


def opengov_timeline(entity_type: str, entity_id: str, limit: int = TIMELINE) -> dict[str, Any]:
    """The public timeline of an entity that the page shows already, for ``opengov_civic/snippets/timeline.html``.

    :returns: ``entries`` (at, title, event, public), oldest first, and ``more``: whether older ones are left out
    """
    found = journal.newest(entity_type, entity_id, internal=False, limit=limit + 1)
    more, found = len(found) > limit, found[-limit:]
    zone = tk.h.get_display_timezone()
    for entry in found:
        entry["title"] = journal.title(entry["event"], entry["public"])
        entry["shown_at"] = entry["at"].astimezone(zone)
    return {"entries": found, "more": more}


def opengov_officer(number: int) -> dict[str, Any] | None:
    """One officer, as in ``officer_list``."""
    return officers_list.find(number)


def opengov_officer_choices() -> dict[str, list[dict[str, Any]]]:
    """What the forms about officers offer: the agencies that the user administers, components with roles, roles."""
    context: Any = {"user": tk.g.user, "auth_user_obj": tk.g.userobj}
    own = access.administered(context)
    offered = frozenset().union(*(roles.roles_of(name) for name in roles.components()))
    return {
        "agencies": agencies.options(own),
        "components": [
            {
                "name": name,
                "title": tk._(manifest.title),
                "roles": [role for role in roles.Role if role in roles.roles_of(name)],
            }
            for name, manifest in roles.components().items()
        ],
        "roles": [
            {"name": str(role), "title": tk._(title), "meaning": tk._(meaning)}
            for role, (title, meaning) in roles.TITLES.items()
            if role in offered and (own is None or role not in roles.ACROSS_AGENCIES)
        ],
    }


def opengov_component_title(name: str) -> str:
    """A component's name in the reader's language."""
    return next((tk._(manifest.title) for manifest in manifests() if manifest.name == name), name)


def opengov_has_type(name: str) -> bool:
    """Whether a component of this portal has this type, so that a page may lead to its pages."""
    return any(one.name == name for manifest in manifests() for one in manifest.entity_types)


def opengov_rating_axes() -> list[dict[str, Any]]:
    """The four axes of a rating, for ``opengov_civic/ratings/form.html``: name, title, question and the marks."""
    return [
        {"name": name, "title": tk._(title), "question": tk._(question), "marks": list(ratings.MARKS)}
        for name, (title, question) in ratings.AXES.items()
    ]


def opengov_rating_comment_length() -> int:
    """How long the comment of a rating may be, in characters."""
    return ratings.COMMENT_LENGTH
