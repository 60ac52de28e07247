"""The way of a budget programme as a table: in which state what may happen, by whom, on which conditions. Pure.

Nothing outside this table decides it. A discussion is closed by the clock alone; the opinion is the council's alone;
nothing is approved before the council has spoken or has let its term pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ckanext.opengov.budget.service.people import CHIEFS, COUNCIL, SIGNING, SYSTEM, WRITERS
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service.refusal import N_

TYPE = "budget_programme"

STATES: Mapping[str, str] = {
    "draft": N_("Draft programme"),
    "discussion": N_("Public discussion"),
    "answering": N_("Comments are answered"),
    "council": N_("Before the public council"),
    "replying": N_("The agency replies to the council"),
    "approving": N_("Awaits approval"),
    "approved": N_("Approved and carried out"),
    "reported": N_("Report published"),
    "withdrawn": N_("Programme withdrawn"),
}
# State → the term of the law that runs in it.
TERMS: Mapping[str, str] = {
    "discussion": "budget_programme.discussion",
    "answering": "budget_programme.response",
    "council": "budget_programme.council",
    "replying": "budget_programme.reply",
}
# The passport is written freely in a draft; later each change says because of whom. While people read and judge it,
# it stands as it is.
FREE = frozenset({"draft"})
EXPLAINED = frozenset({"answering", "replying", "approving"})
IN_FORCE = frozenset({"approved", "reported"})


@dataclass(frozen=True)
class Rule:
    """What an event leads to, who may cause it, and on which conditions."""

    then: str
    who: frozenset[str]
    guards: tuple[str, ...] = ()


def _who(roles: Iterable[str]) -> frozenset[str]:
    return frozenset(str(role) for role in roles)


_CHIEFS, _HEADS, _COUNCIL, _SYSTEM = _who(CHIEFS), _who(SIGNING), _who(COUNCIL), _who({SYSTEM})

TABLE: Mapping[tuple[str, str], Rule] = {
    ("draft", "open"): Rule("discussion", _CHIEFS, ("is_whole",)),
    ("discussion", "close"): Rule("answering", _SYSTEM, ("term_is_over",)),
    ("answering", "pass_on"): Rule("council", _CHIEFS, ("nothing_unmoderated", "all_answered", "is_whole")),
    ("council", "opine_for"): Rule("approving", _COUNCIL),
    ("council", "opine_remarks"): Rule("replying", _COUNCIL),
    ("council", "opine_against"): Rule("replying", _COUNCIL),
    ("council", "go_on"): Rule("approving", _HEADS, ("term_is_over", "has_reason")),
    ("replying", "reply"): Rule("approving", _CHIEFS, ("every_remark_answered",)),
    ("approving", "pass_on"): Rule("council", _CHIEFS, ("is_whole",)),
    ("approving", "approve"): Rule("approved", _HEADS, ("is_whole", "has_order", "all_explained")),
    ("approved", "amend"): Rule("approved", _HEADS, ("has_order", "has_reason", "something_changes")),
    ("reported", "amend"): Rule("reported", _HEADS, ("has_order", "has_reason", "something_changes")),
    ("approved", "report"): Rule("reported", _CHIEFS, ("year_is_over", "all_reached")),
    ("reported", "report"): Rule("reported", _CHIEFS, ("year_is_over", "all_reached")),
    **{
        (state, "withdraw"): Rule("withdrawn", _HEADS, ("has_reason",))
        for state in ("draft", "discussion", "answering", "council", "replying", "approving")
    },
}

# Of officers, by budget_programme_transition; the others have an action or a clock of their own.
OF_OFFICERS: Mapping[str, str] = {
    "open": N_("Open the discussion"),
    "pass_on": N_("Pass on to the public council"),
    "go_on": N_("Go on without an opinion"),
    "reply": N_("Reply to the council"),
    "approve": N_("Approve"),
    "amend": N_("Change the approved programme"),
    "report": N_("Publish the report of a year"),
    "withdraw": N_("Withdraw the programme"),
}
VERDICTS: Mapping[str, str] = {
    "for": N_("For the programme"),
    "remarks": N_("For, with remarks"),
    "against": N_("Against the programme"),
}
SOURCES: Mapping[str, str] = {
    "comments": N_("Comments of citizens"),
    "council": N_("The public council"),
    "agency": N_("The agency itself"),
}
DECISIONS: Mapping[str, str] = {
    "accepted": N_("Accepted"),
    "partly": N_("Accepted in part"),
    "refused": N_("Not accepted"),
}
EVENTS: Mapping[str, str] = {
    "budget_programme.created": N_("The programme was drafted"),
    "budget_programme.updated": N_("The text was changed: {places}"),
    "budget_programme.open": N_("Public discussion began; it ends on {until}"),
    "budget_programme.close": N_("Public discussion ended"),
    "budget_programme.pass_on": N_("Passed on to the public council"),
    "budget_programme.opine_for": N_("The public council is for it"),
    "budget_programme.opine_remarks": N_("The public council is for it, with remarks"),
    "budget_programme.opine_against": N_("The public council is against it"),
    "budget_programme.go_on": N_("The council gave no opinion in its term; the agency goes on: {reason}"),
    "budget_programme.reply": N_("The agency replied to the council"),
    "budget_programme.approve": N_("Approved by order {order} of {date}"),
    "budget_programme.amend": N_("Changed by order {order} of {date}: {reason}"),
    "budget_programme.report": N_("Report for {year} published"),
    "budget_programme.withdraw": N_("Withdrawn: {reason}"),
    "budget_programme.overdue": N_("The term is over"),
    "budget_programme.deadline": N_("The calendar has changed: the term now ends on {until}"),
    "budget_programme.imported": N_("Brought from another register"),
}


def find(state: str, event: str) -> Rule | None:
    """The rule for an event in a state; None when it cannot happen there."""
    return TABLE.get((state, event))


def possible(state: str, kinds: Iterable[str]) -> list[str]:
    """The events that somebody with these roles may cause in a state, conditions aside."""
    held = frozenset(kinds)
    return [event for (at, event), rule in TABLE.items() if at == state and not rule.who.isdisjoint(held)]


def permissions() -> dict[str, frozenset[Role]]:
    """Action → the officers' roles that may do it in some state, for the manifest."""
    of_events = frozenset(
        role for (_, event), rule in TABLE.items() if event in OF_OFFICERS for role in Role if str(role) in rule.who
    )
    return {
        "budget_programme_create": WRITERS,
        "budget_programme_update": WRITERS,
        "budget_programme_transition": of_events,
        "council_opinion_create": COUNCIL,
    }
