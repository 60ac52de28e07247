"""The way of a list's item as a table: in which state what may happen, and by whom. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service.refusal import N_

TYPE = "data_list"
# The journal of what is drafted: its entries are for officers.
DRAFTS = "data_list_draft"
COMPONENT = "data"

STATES: Mapping[str, str] = {
    "draft": N_("Draft"),
    "agreed": N_("Agreed by the agency"),
    "approved": N_("Approved"),
    "amended": N_("Approved with amendments"),
    "removed": N_("Taken out"),
}
# What the agency is bound to.
IN_FORCE = ("approved", "amended")
SHOWN = ("agreed", *IN_FORCE)


@dataclass(frozen=True)
class Rule:
    """What an event leads to, who may cause it, whether it needs a reason."""

    then: str
    who: frozenset[Role]
    needs_reason: bool = False


_WRITERS = frozenset({Role.AUTHOR, Role.PUBLISHER, Role.HEAD, Role.DEPUTY_HEAD})
_CHIEFS = frozenset({Role.PUBLISHER, Role.HEAD, Role.DEPUTY_HEAD})
_APPROVER = frozenset({Role.LIST_APPROVER})

TABLE: Mapping[tuple[str, str], Rule] = {
    ("draft", "change"): Rule("draft", _WRITERS),
    ("draft", "remove"): Rule("removed", _WRITERS),
    ("draft", "agree"): Rule("agreed", _CHIEFS),
    ("agreed", "recall"): Rule("draft", _CHIEFS),
    ("agreed", "return"): Rule("draft", _APPROVER, needs_reason=True),
    ("agreed", "approve"): Rule("approved", _APPROVER),
    ("approved", "propose"): Rule("approved", _WRITERS, needs_reason=True),
    ("amended", "propose"): Rule("amended", _WRITERS, needs_reason=True),
    ("approved", "decline"): Rule("approved", _APPROVER, needs_reason=True),
    ("amended", "decline"): Rule("amended", _APPROVER, needs_reason=True),
    ("approved", "amend"): Rule("amended", _APPROVER, needs_reason=True),
    ("amended", "amend"): Rule("amended", _APPROVER, needs_reason=True),
    ("approved", "exclude"): Rule("removed", _APPROVER, needs_reason=True),
    ("amended", "exclude"): Rule("removed", _APPROVER, needs_reason=True),
    **{(state, "link"): Rule(state, _WRITERS) for state in ("draft", *SHOWN)},
}
CREATE = _WRITERS
EVENTS = tuple(dict.fromkeys(event for _, event in TABLE))
# Events that change a whole list or chosen items of it; the others come with the item's own fields.
STEPS = ("agree", "recall", "approve", "return", "decline", "amend", "remove", "exclude")
BUTTONS: Mapping[str, str] = {
    "agree": N_("Agree and send for approval"),
    "recall": N_("Take back to the drafts"),
    "approve": N_("Approve"),
    "return": N_("Give back"),
    "decline": N_("Decline the change"),
    "amend": N_("Accept the change"),
    "remove": N_("Take out of the list"),
    "exclude": N_("Take out of the list"),
}

# What the public timeline of a list says.
TITLES: Mapping[str, str] = {
    "data_list.create": N_("Item {number} was drafted"),
    "data_list.change": N_("Item {number} was changed in the draft"),
    "data_list.remove": N_("Item {number} was taken out of the draft"),
    "data_list.agree": N_("Item {number} was agreed by the agency"),
    "data_list.recall": N_("Item {number} was taken back to the drafts"),
    "data_list.return": N_("Item {number} was given back by the authorised body: {reason}"),
    "data_list.approve": N_("Item {number} was approved"),
    "data_list.propose": N_("A change of item {number} is proposed: {reason}"),
    "data_list.decline": N_("The change of item {number} was declined: {reason}"),
    "data_list.amend": N_("Item {number} was amended: {reason}"),
    "data_list.exclude": N_("Item {number} was taken out of the approved list: {reason}"),
    "data_list.link": N_("Item {number}: its data set was linked or unlinked"),
    "data_list.due": N_("Data sets of the approved list are due or late"),
}


def find(state: str, event: str) -> Rule | None:
    """The rule for an event in a state; None when it cannot happen there."""
    return TABLE.get((state, event))


def whoever(event: str) -> frozenset[Role]:
    """The roles that may cause an event in some state."""
    return frozenset().union(*(rule.who for (_, name), rule in TABLE.items() if name == event))


PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "data_list_item_upsert": _WRITERS | _APPROVER,
    "data_list_import": _WRITERS | _APPROVER,
    "data_list_draft_show": _WRITERS | _APPROVER | {Role.SUPERVISOR},
    **{f"data_list_{event}": whoever(event) for event in STEPS},
}
