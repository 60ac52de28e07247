"""The way of an appeal as a table: in which state what may happen, by whom, on which conditions. Pure.

Nothing outside this table decides it. No event refuses a registered appeal: ``not_consider`` needs a legal reason from
``reasons.yaml`` and the signature of a head.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service.refusal import N_

AUTHOR = "citizen"
SYSTEM = "system"

STATES: Mapping[str, str] = {
    "registered": N_("Registered"),
    "in_work": N_("In work"),
    "clarification": N_("A clarification is awaited"),
    "answered": N_("Answered"),
    "closed": N_("Closed"),
    "withdrawn": N_("Withdrawn by the author"),
    "not_considered": N_("Left without consideration"),
}
# States in which the clock of the answer runs.
RUNNING = ("registered", "in_work")
OPEN = (*RUNNING, "clarification")
ENDED = ("closed", "withdrawn", "not_considered")


class Term(StrEnum):
    """What an event does to the clock."""

    KEEP = "keep"
    RESTART = "restart"
    EXTEND = "extend"
    STOP = "stop"
    RESUME = "resume"
    END = "end"


@dataclass(frozen=True)
class Rule:
    """What an event leads to, who may cause it, on which conditions, and what becomes of the term."""

    then: str
    who: frozenset[str]
    guards: tuple[str, ...] = ()
    term: Term = Term.KEEP


def _who(*roles: str) -> frozenset[str]:
    return frozenset(str(role) for role in roles)


_CITIZEN = _who(AUTHOR)
_MODERATOR = _who(Role.MODERATOR)
_STAFF = _who(Role.AUTHOR, Role.PUBLISHER, Role.HEAD, Role.DEPUTY_HEAD)
_CHIEFS = _who(Role.PUBLISHER, Role.HEAD, Role.DEPUTY_HEAD)
_HEADS = _who(Role.HEAD, Role.DEPUTY_HEAD)
_SYSTEM = _who(SYSTEM)

Table = Mapping[tuple[str, str], Rule]


def _moderation() -> dict[tuple[str, str], Rule]:
    """A moderator decides what the public reads, wherever the appeal stands; its way and its term go on."""
    table: dict[tuple[str, str], Rule] = {}
    for state in STATES:
        table[state, "moderate_accept"] = Rule(state, _MODERATOR, ("meant_for_public",))
        table[state, "moderate_hide"] = Rule(state, _MODERATOR, ("meant_for_public", "has_reason"))
    return table


TABLE: Table = {
    **_moderation(),
    ("registered", "take"): Rule("in_work", _STAFF),
    ("registered", "assign"): Rule("in_work", _CHIEFS, ("to_officer",)),
    ("in_work", "assign"): Rule("in_work", _CHIEFS, ("to_officer",)),
    ("clarification", "assign"): Rule("clarification", _CHIEFS, ("to_officer",)),
    ("in_work", "draft"): Rule("in_work", _STAFF),
    ("clarification", "draft"): Rule("clarification", _STAFF),
    ("registered", "forward"): Rule("registered", _CHIEFS, ("to_other_agency", "has_reason"), Term.RESTART),
    ("in_work", "forward"): Rule("registered", _CHIEFS, ("to_other_agency", "has_reason"), Term.RESTART),
    ("in_work", "extend"): Rule("in_work", _HEADS, ("not_extended", "not_overdue", "has_reason"), Term.EXTEND),
    ("in_work", "ask_clarification"): Rule("clarification", _STAFF, ("not_asked",), Term.STOP),
    ("clarification", "clarify"): Rule("in_work", _CITIZEN, (), Term.RESUME),
    ("clarification", "lapse"): Rule("in_work", _SYSTEM, (), Term.RESUME),
    ("in_work", "answer"): Rule("answered", _HEADS, (), Term.END),
    ("in_work", "not_consider"): Rule("not_considered", _HEADS, ("legal_reason",), Term.END),
    ("registered", "withdraw"): Rule("withdrawn", _CITIZEN, (), Term.END),
    ("in_work", "withdraw"): Rule("withdrawn", _CITIZEN, (), Term.END),
    ("clarification", "withdraw"): Rule("withdrawn", _CITIZEN, (), Term.END),
    ("answered", "rate"): Rule("answered", _CITIZEN, ("not_rated",)),
    ("closed", "rate"): Rule("closed", _CITIZEN, ("not_rated",)),
    ("answered", "close"): Rule("closed", _CITIZEN | _SYSTEM),
    ("answered", "reopen"): Rule(
        "in_work", _CITIZEN, ("rated_useless", "never_reopened", "in_reopen_term", "has_reason"), Term.RESTART
    ),
    ("closed", "reopen"): Rule(
        "in_work", _CITIZEN, ("rated_useless", "never_reopened", "in_reopen_term", "has_reason"), Term.RESTART
    ),
}
EVENTS = tuple(dict.fromkeys(event for _, event in TABLE))

# What the public timeline says.
TITLES: Mapping[str, str] = {
    "appeal.registered": N_("Registered under the number {number}"),
    "appeal.moderate_accept": N_("A moderator has opened it to everybody"),
    "appeal.moderate_hide": N_("A moderator has hidden it from the public: {reason}"),
    "appeal.take": N_("Taken into work"),
    "appeal.assign": N_("Given to an officer"),
    "appeal.draft": N_("A draft of the answer was saved"),
    "appeal.forward": N_("Forwarded to another agency: {reason}"),
    "appeal.extend": N_("The term was extended to {until}: {reason}"),
    "appeal.ask_clarification": N_("The agency asks the author a question; the clock stands"),
    "appeal.clarify": N_("The author has answered the question; the clock goes on"),
    "appeal.lapse": N_("The author did not answer the question in time; the clock goes on"),
    "appeal.answer": N_("Answered"),
    "appeal.not_consider": N_("Left without consideration"),
    "appeal.withdraw": N_("Withdrawn by the author"),
    "appeal.rate": N_("The answer was rated"),
    "appeal.close": N_("Closed"),
    "appeal.reopen": N_("Opened again: {reason}"),
    "appeal.overdue": N_("The term is over and there is no answer"),
    "appeal.deadline": N_("The calendar has changed: the term now ends on {until}"),
    "appeal.imported": N_("Brought from another portal"),
    "appeal.handed_over": N_("Given to another officer"),
    "appeal.picture_opened": N_("An officer has opened a picture to everybody"),
    "appeal.picture_closed": N_("An officer has closed a picture to the public"),
}


def find(state: str, event: str) -> Rule | None:
    """The rule for an event in a state; None when it cannot happen there."""
    return TABLE.get((state, event))


def is_allowed(state: str, event: str, kinds: Iterable[str]) -> bool:
    """Whether somebody who is all of these (roles, the author, the system) may cause the event in this state."""
    rule = find(state, event)
    return rule is not None and not rule.who.isdisjoint(kinds)


def permissions() -> dict[str, frozenset[Role]]:
    """Action → the officers' roles that may do it in some state, for the manifest."""
    found: dict[str, frozenset[Role]] = {}
    for (_, event), rule in TABLE.items():
        roles = frozenset(role for role in Role if str(role) in rule.who)
        if roles:
            action = ACTIONS.get(event, f"appeal_{event}")
            found[action] = found.get(action, frozenset()) | roles
    return found


# Events whose action has another name.
ACTIONS = {"moderate_accept": "appeal_moderate", "moderate_hide": "appeal_moderate", "ask_clarification": "appeal_ask"}
