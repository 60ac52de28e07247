"""The way of a draft act as a table: in which state what may happen, by whom, on which conditions. Pure.

Nothing outside this table decides it. The clock opens and closes a discussion, no officer does: it ends in the second
that was announced. A next version is published in the report, when everybody has been answered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service.calendar import is_late
from ckanext.opengov.civic.service.refusal import N_, Refusal

SYSTEM = "system"

STATES: Mapping[str, str] = {
    "draft": N_("In preparation"),
    "announced": N_("Discussion announced"),
    "discussion": N_("In discussion"),
    "answers_due": N_("Answers are being prepared"),
    "report": N_("Report published"),
    "agreed": N_("Agreed with other bodies"),
    "adopted": N_("Adopted"),
    "withdrawn": N_("Taken back"),
}
# Whatever the clock may move on.
RUNNING = ("announced", "discussion")
ENDED = ("adopted", "withdrawn")
# States in which the agency answers comments; those in which a next version is prepared.
ANSWERING = frozenset({"discussion", "answers_due"})
PREPARING = frozenset({"answers_due", "report", "agreed"})


@dataclass(frozen=True)
class Rule:
    """What an event leads to, who may cause it, on which conditions."""

    then: str
    who: frozenset[str]
    guards: tuple[str, ...] = ()


def _who(*roles: str) -> frozenset[str]:
    return frozenset(str(role) for role in roles)


# Officers who write drafts and answers; those who decide what becomes public.
WRITERS = frozenset({Role.AUTHOR, Role.PUBLISHER, Role.HEAD, Role.DEPUTY_HEAD})
DECIDERS = frozenset({Role.PUBLISHER, Role.HEAD, Role.DEPUTY_HEAD})
_CHIEFS = _who(*DECIDERS)
_SYSTEM = _who(SYSTEM)
_REPEAT = Rule("announced", _CHIEFS, ("has_reason", "next_is_whole", "begins_later"))
_WITHDRAW = Rule("withdrawn", _CHIEFS, ("has_reason",))

TABLE: Mapping[tuple[str, str], Rule] = {
    ("draft", "announce"): Rule("announced", _CHIEFS, ("has_text", "begins_later")),
    ("announced", "open"): Rule("discussion", _SYSTEM),
    ("discussion", "extend"): Rule("discussion", _CHIEFS, ("has_reason", "ends_later")),
    ("discussion", "close"): Rule("answers_due", _SYSTEM),
    ("answers_due", "publish_report"): Rule("report", _CHIEFS, ("nothing_pending", "all_answered")),
    ("answers_due", "repeat"): _REPEAT,
    ("report", "repeat"): _REPEAT,
    ("agreed", "repeat"): _REPEAT,
    ("report", "publish_version"): Rule("report", _CHIEFS, ("has_next_version",)),
    # What the other bodies agreed to is not this text any more.
    ("agreed", "publish_version"): Rule("report", _CHIEFS, ("has_next_version",)),
    ("report", "agree"): Rule("agreed", _CHIEFS, ("has_reason",)),
    ("report", "adopt"): Rule("adopted", _CHIEFS, ("has_link",)),
    ("agreed", "adopt"): Rule("adopted", _CHIEFS, ("has_link",)),
    ("draft", "withdraw"): _WITHDRAW,
    ("announced", "withdraw"): _WITHDRAW,
    ("discussion", "withdraw"): _WITHDRAW,
    ("answers_due", "withdraw"): _WITHDRAW,
    ("report", "withdraw"): _WITHDRAW,
    ("agreed", "withdraw"): _WITHDRAW,
}
EVENTS = tuple(dict.fromkeys(event for _, event in TABLE))
OF_OFFICERS = tuple(event for event in EVENTS if any(SYSTEM not in r.who for (_, e), r in TABLE.items() if e == event))

# Event → what an officer's button says.
DEEDS: Mapping[str, str] = {
    "announce": N_("Announce the discussion"),
    "extend": N_("Extend the discussion"),
    "publish_report": N_("Publish the report"),
    "repeat": N_("Discuss it once more"),
    "publish_version": N_("Publish the next version"),
    "agree": N_("Mark as agreed"),
    "adopt": N_("Mark as adopted"),
    "withdraw": N_("Take the draft back"),
}

# What the public timeline says.
TITLES: Mapping[str, str] = {
    "draft_act.created": N_("A draft was begun"),
    "draft_act.changed": N_("The draft was changed"),
    "draft_act.announce": N_("The discussion was announced; it ends on {until}"),
    "draft_act.open": N_("The discussion began"),
    "draft_act.extend": N_("The discussion was extended to {until}: {reason}"),
    "draft_act.close": N_("The discussion ended; answers are due by {until}"),
    "draft_act.publish_report": N_("The report was published: {answered} comments answered, {accepted} accepted"),
    "draft_act.repeat": N_("A further discussion was announced; it ends on {until}: {reason}"),
    "draft_act.publish_version": N_("Version {version} was published"),
    "draft_act.agree": N_("Agreed: {reason}"),
    "draft_act.adopt": N_("The act was adopted"),
    "draft_act.withdraw": N_("The draft was taken back: {reason}"),
    "draft_act.responded": N_("The agency answered comments: {number}"),
    "draft_act.version_drafted": N_("The next version is being prepared"),
    "draft_act.document": N_("A document was added: {name}"),
    "draft_act.deadline": N_("The calendar has changed: the term now ends on {until}"),
    "draft_act.imported": N_("Brought from an archive"),
    "draft_act.marked": N_("Comments were placed in version {version}: {same} unchanged, {changed} changed"),
}


class WrongStep(Refusal):
    """The event does not fit the state."""


def find(state: str, event: str) -> Rule:
    """The rule for an event in a state.

    :raises WrongStep: when it cannot happen there
    """
    rule = TABLE.get((state, event))
    if rule is None:
        possible = ", ".join(e for s, e in TABLE if s == state and e in OF_OFFICERS) or "—"
        text = N_("“{event}” is not possible while the act is in the state “{state}”. Possible now: {possible}.")
        raise WrongStep(text, event=event, state=state, possible=possible)
    return rule


def possible(state: str, kinds: Iterable[str]) -> list[str]:
    """The events that somebody with these roles may cause in this state."""
    held = frozenset(kinds)
    return [event for (at, event), rule in TABLE.items() if at == state and rule.who & held]


def state_at(state: str, starts_at: dt.datetime | None, closes_at: dt.datetime | None, now: dt.datetime) -> str:
    """The state by the clock, also before the periodic work has written it down."""
    if state not in RUNNING or starts_at is None or closes_at is None:
        return state
    if now < starts_at:
        return "announced"
    return "answers_due" if is_late(now, closes_at) else "discussion"


def permissions() -> dict[str, frozenset[Role]]:
    """Action → the officers' roles that may do it, for the manifest."""
    return {
        "draft_act_create": WRITERS,
        "draft_act_update": WRITERS,
        "draft_act_part_update": WRITERS,
        "draft_act_part_delete": WRITERS,
        "draft_act_version_create": WRITERS,
        "draft_act_document_create": WRITERS,
        "draft_act_import": WRITERS,
        "draft_act_change_link": WRITERS,
        "draft_act_comment_respond": WRITERS,
        "draft_act_work_list": WRITERS,
        "draft_act_transition": DECIDERS,
        # Citizens do it too; what is granted is the channel of an expert.
        "draft_act_comment_create": frozenset({Role.EXPERT}),
    }
