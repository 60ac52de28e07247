"""The rules of each entity type's discussion, as its component declares them in its manifest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import ckan.plugins.toolkit as tk
from ckanext.opengov.civic.interfaces import Link, manifests
from ckanext.opengov.civic.service.persons import Level
from ckanext.opengov.civic.service.refusal import N_


class Kind(StrEnum):
    """Who speaks: a person for themselves, or an officer for the agency."""

    COMMENT = "comment"
    OFFICIAL = "official"


class State(StrEnum):
    """Where a comment stands. Readers see the public ones, and of the hidden ones the reason."""

    PENDING = "pending"
    PUBLIC = "public"
    HIDDEN = "hidden"
    SPAM = "spam"


class Sort(StrEnum):
    """The order of a list."""

    NEWEST = "newest"
    OLDEST = "oldest"
    SUPPORTED = "supported"


# What a moderator may decide, and why a comment may be hidden. A reason of the list is shown in the reader's
# language; any other is shown as the moderator wrote it.
DECISIONS = (State.PUBLIC, State.HIDDEN, State.SPAM)
REASONS = {
    "insult": N_("Insults or threats"),
    "personal_data": N_("Personal data of others"),
    "off_topic": N_("Not about this matter"),
    "advertising": N_("Advertising"),
    "unlawful": N_("Calls to break the law"),
    "unreadable": N_("Cannot be read"),
}


@dataclass(frozen=True)
class EntityLink:
    """What a comment is about, for lists that show comments away from it."""

    title: str
    url: str
    agency_id: str | None = None


def _always_open(_entity_id: str) -> tuple[bool, str]:
    return True, ""


def _anywhere(_entity_id: str, _anchor: str) -> bool:
    return True


def _nobody(_user_id: str, _entity_id: str) -> bool:
    return False


def _nothing(_ids: Collection[str]) -> Mapping[str, Sequence[Link]]:
    return {}


@dataclass(frozen=True)
class DiscussionRules:
    """How one entity type is discussed.

    :param link: entity id → its title, address and agency
    :param premoderation: comments wait for a moderator before they are public
    :param edit_window: minutes in which authors may change their text
    :param level: how far a person's identity must be confirmed
    :param max_length: characters of one comment
    :param attachments: files with one comment; 0 allows none
    :param is_open: entity id → whether one may comment now, and if not, why, in the reader's language
    :param answers_when_closed: whether the agency may still answer comments when no more are taken
    :param has_place: entity id, anchor → whether there is such a place to comment on
    :param competent: user id, entity id → whether that officer speaks for the agency in this matter
    :param readable: user id or None, entity id → whether they may read it; left out, the entity is a package and
        ``package_show`` decides
    :param became: ids of comments → what became of each beside official answers, for their authors' own list
    """

    link: Callable[[str], EntityLink]
    premoderation: bool = True
    edit_window: int = 15
    level: Level = Level.EMAIL
    max_length: int = 10_000
    attachments: int = 0
    is_open: Callable[[str], tuple[bool, str]] = _always_open
    answers_when_closed: bool = False
    has_place: Callable[[str, str], bool] = _anywhere
    competent: Callable[[str, str], bool] = _nobody
    readable: Callable[[str | None, str], bool] | None = None
    became: Callable[[Collection[str]], Mapping[str, Sequence[Link]]] = _nothing

    def may_edit(self, created_at: dt.datetime, now: dt.datetime) -> bool:
        """Whether the author may still change a comment of that age."""
        return now < created_at + dt.timedelta(minutes=self.edit_window)


def find_rules(entity_type: object) -> DiscussionRules | None:
    """The rules of an entity type, or None when it has no discussion."""
    for manifest in manifests():
        if isinstance(entity_type, str) and entity_type in manifest.discussion:
            return manifest.discussion[entity_type]
    return None


def rules_of(entity_type: object) -> DiscussionRules:
    """The rules of an entity type.

    :raises ValidationError: when that type has no discussion; the message names those that have one
    """
    rules = find_rules(entity_type)
    if rules is None:
        known = ", ".join(sorted(kind for manifest in manifests() for kind in manifest.discussion)) or "–"
        message = tk._("Records of type “{type}” have no discussion. Types that have one: {known}.")
        raise tk.ValidationError({"entity_type": [message.format(type=str(entity_type)[:40], known=known)]})
    return rules


def component_of(entity_type: str) -> str:
    """The name of the component that declares the type's discussion."""
    return next(manifest.name for manifest in manifests() if entity_type in manifest.discussion)


def check_open(rules: DiscussionRules, entity_id: str) -> None:
    """Refuse when the discussion is closed.

    :raises ValidationError: with the component's reason
    """
    is_open, reason = rules.is_open(entity_id)
    if not is_open:
        raise tk.ValidationError({"entity_id": [reason or tk._("This discussion is closed.")]})


def check_place(rules: DiscussionRules, entity_id: str, anchor: str | None) -> None:
    """Refuse a comment on a place that is not there: nobody would come upon it.

    :raises ValidationError: naming the place
    """
    if anchor and not rules.has_place(entity_id, anchor):
        message = tk._("There is no place “{anchor}” to comment on. Take one that the page offers.")
        raise tk.ValidationError({"anchor": [message.format(anchor=anchor[:60])]})


def reason_text(reason: str | None) -> str | None:
    """A reason for hiding, in the reader's language."""
    return tk._(REASONS[reason]) if reason in REASONS else reason
