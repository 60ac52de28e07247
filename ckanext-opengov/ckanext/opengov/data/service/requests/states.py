"""The way of a request for data as a table: in which state what may happen, by whom, on which conditions. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service.refusal import N_

TYPE = "data_request"
COMPONENT = "data"
AUTHOR = "citizen"

STATES: Mapping[str, str] = {
    "unassigned": N_("An agency is being found"),
    "in_work": N_("The agency is asked"),
    "published": N_("The data are published"),
    "refused": N_("Publication refused"),
    "duplicate": N_("Joined with another request"),
    "withdrawn": N_("Taken back by the author"),
}
# States in which a term runs.
OPEN = ("unassigned", "in_work")


class Term(StrEnum):
    """What an event does to the clock."""

    KEEP = "keep"
    RESTART = "restart"
    END = "end"
    DROP = "drop"


@dataclass(frozen=True)
class Rule:
    """What an event leads to, who may cause it, on which conditions, and what becomes of the term."""

    then: str
    who: frozenset[str]
    guards: tuple[str, ...] = ()
    term: Term = Term.KEEP


_AUTHOR = frozenset({AUTHOR})
_CHIEFS = frozenset({str(Role.PUBLISHER), str(Role.HEAD), str(Role.DEPUTY_HEAD)})
_APPROVER = frozenset({str(Role.LIST_APPROVER)})
# While no agency is found there is no moderator of one; the authorised body looks at such texts.
_MODERATORS = frozenset({str(Role.MODERATOR), str(Role.LIST_APPROVER)})


def _moderation() -> dict[tuple[str, str], Rule]:
    """A moderator decides what the public reads, wherever the request stands; its way and its term go on."""
    table: dict[tuple[str, str], Rule] = {}
    for state in STATES:
        table[state, "moderate_accept"] = Rule(state, _MODERATORS)
        table[state, "moderate_hide"] = Rule(state, _MODERATORS, ("has_reason",))
    return table


TABLE: Mapping[tuple[str, str], Rule] = {
    **_moderation(),
    ("unassigned", "assign"): Rule("in_work", _APPROVER, ("to_agency",), Term.RESTART),
    ("in_work", "assign"): Rule("in_work", _APPROVER, ("to_other_agency", "has_reason"), Term.RESTART),
    ("in_work", "forward"): Rule("in_work", _CHIEFS, ("to_other_agency", "has_reason"), Term.RESTART),
    ("in_work", "publish"): Rule("published", _CHIEFS, ("with_datasets",), Term.END),
    ("refused", "publish"): Rule("published", _CHIEFS, ("with_datasets",), Term.END),
    ("in_work", "refuse"): Rule("refused", _CHIEFS, ("has_legal_reason", "has_text"), Term.END),
    ("unassigned", "join"): Rule("duplicate", _APPROVER, ("with_another",), Term.END),
    ("in_work", "join"): Rule("duplicate", _CHIEFS, ("with_another",), Term.END),
    ("unassigned", "withdraw"): Rule("withdrawn", _AUTHOR, (), Term.DROP),
    ("in_work", "withdraw"): Rule("withdrawn", _AUTHOR, (), Term.DROP),
}
EVENTS = tuple(dict.fromkeys(event for _, event in TABLE))
# What an answer is called in the action → the event.
OUTCOMES: Mapping[str, str] = {"published": "publish", "refused": "refuse", "duplicate": "join"}
# Event → the action that causes it, where that has another name.
ACTIONS = {
    "moderate_accept": "data_request_moderate",
    "moderate_hide": "data_request_moderate",
    **dict.fromkeys(OUTCOMES.values(), "data_request_answer"),
}

# What the public timeline says.
TITLES: Mapping[str, str] = {
    "data_request.received": N_("Received under the number {number}"),
    "data_request.moderate_accept": N_("A moderator has opened the request to everybody"),
    "data_request.moderate_hide": N_("A moderator has hidden the request from the public: {reason}"),
    "data_request.assign": N_("Given to the agency that has the data: {agency}"),
    "data_request.forward": N_("Forwarded to {agency}: {reason}"),
    "data_request.publish": N_("The data are published"),
    "data_request.refuse": N_("Publication was refused for a legal reason"),
    "data_request.join": N_("Joined with request {other}, which asks for the same"),
    "data_request.withdraw": N_("Taken back by its author"),
    "data_request.supported": N_("Support was given or taken back"),
    "data_request.overdue": N_("The term is over and there is no answer yet"),
    "data_request.deadline": N_("The calendar has changed: the term now ends on {until}"),
}


def find(state: str, event: str) -> Rule | None:
    """The rule for an event in a state; None when it cannot happen there."""
    return TABLE.get((state, event))


def whoever(event: str) -> frozenset[str]:
    """All who may cause an event in some state."""
    return frozenset().union(*(rule.who for (_, name), rule in TABLE.items() if name == event))


def permissions() -> dict[str, frozenset[Role]]:
    """Action → the officers' roles that may do it in some state, for the manifest."""
    found: dict[str, frozenset[Role]] = {}
    for event in EVENTS:
        roles = frozenset(role for role in Role if str(role) in whoever(event))
        if roles:
            action = ACTIONS.get(event, f"data_request_{event}")
            found[action] = found.get(action, frozenset()) | roles
    return found
