"""The way of an appeal: every state, event and role against a table that was written by hand, not by the code."""

from __future__ import annotations

from itertools import product

import pytest
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.dialog.service.appeals import guards, states
from ckanext.opengov.dialog.service.appeals.effects import EFFECTS
from ckanext.opengov.dialog.service.appeals.states import AUTHOR, SYSTEM, TABLE, find, is_allowed

STATES = ["registered", "in_work", "clarification", "answered", "closed", "withdrawn", "not_considered"]
EVENTS = [
    "moderate_accept",
    "moderate_hide",
    "take",
    "assign",
    "draft",
    "forward",
    "extend",
    "ask_clarification",
    "clarify",
    "lapse",
    "answer",
    "not_consider",
    "withdraw",
    "rate",
    "close",
    "reopen",
]
WHO = [
    "author",
    "publisher",
    "head",
    "deputy_head",
    "moderator",
    "list_approver",
    "supervisor",
    "evaluator",
    "council_member",
    "expert",
    "methodologist",
    "citizen",
    "system",
    "stranger",
]
# state: {event: (who may, next state)}
STAFF = {"author", "publisher", "head", "deputy_head"}
CHIEFS = {"publisher", "head", "deputy_head"}
HEADS = {"head", "deputy_head"}
MODERATION = {"moderate_accept": ({"moderator"}, None), "moderate_hide": ({"moderator"}, None)}
BY_HAND = {
    "registered": {
        "take": (STAFF, "in_work"),
        "assign": (CHIEFS, "in_work"),
        "forward": (CHIEFS, "registered"),
        "withdraw": ({"citizen"}, "withdrawn"),
    },
    "in_work": {
        "assign": (CHIEFS, "in_work"),
        "draft": (STAFF, "in_work"),
        "forward": (CHIEFS, "registered"),
        "extend": (HEADS, "in_work"),
        "ask_clarification": (STAFF, "clarification"),
        "answer": (HEADS, "answered"),
        "not_consider": (HEADS, "not_considered"),
        "withdraw": ({"citizen"}, "withdrawn"),
    },
    "clarification": {
        "assign": (CHIEFS, "clarification"),
        "draft": (STAFF, "clarification"),
        "clarify": ({"citizen"}, "in_work"),
        "lapse": ({"system"}, "in_work"),
        "withdraw": ({"citizen"}, "withdrawn"),
    },
    "answered": {
        "rate": ({"citizen"}, "answered"),
        "close": ({"citizen", "system"}, "closed"),
        "reopen": ({"citizen"}, "in_work"),
    },
    "closed": {"rate": ({"citizen"}, "closed"), "reopen": ({"citizen"}, "in_work")},
    "withdrawn": {},
    "not_considered": {},
}


def test_the_lists_of_the_tests_are_those_of_the_product() -> None:
    assert list(states.STATES) == STATES
    assert set(states.EVENTS) == set(EVENTS)
    assert {*map(str, Role), AUTHOR, SYSTEM, "stranger"} == set(WHO)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", EVENTS)
def test_each_event_is_allowed_to_those_and_only_those_of_the_table(state: str, event: str) -> None:
    expected = {**MODERATION, **BY_HAND[state]}.get(event)
    allowed, then = expected or (set(), None)
    for who in WHO:
        assert is_allowed(state, event, {who}) is (who in allowed), (state, event, who)
    rule = find(state, event)
    assert (rule.then if rule else None) == ((then or state) if expected else None)


def test_all_combinations_were_looked_at() -> None:
    allowed = sum(is_allowed(*one[:2], {one[2]}) for one in product(STATES, EVENTS, WHO))
    by_hand = sum(len(who) for row in BY_HAND.values() for who, _ in row.values()) + 2 * len(STATES)
    assert allowed == by_hand


def test_no_officer_can_refuse_a_registered_appeal() -> None:
    """Until somebody works on it, nothing that an officer does ends it."""
    officers = {str(role) for role in Role}
    ends = {rule.then for (state, _), rule in TABLE.items() if state == "registered" and rule.who & officers}
    assert ends == {"registered", "in_work"}
    assert find("in_work", "not_consider").guards == ("legal_reason",)  # pyright: ignore


def test_every_event_has_an_effect_a_title_and_known_guards() -> None:
    assert set(EFFECTS) == set(EVENTS)
    assert {f"appeal.{event}" for event in EVENTS} <= set(states.TITLES)
    assert {guard for rule in TABLE.values() for guard in rule.guards} <= set(guards.GUARDS)


def test_the_conditions_of_what_can_happen_once() -> None:
    assert "not_extended" in find("in_work", "extend").guards  # pyright: ignore
    for state in ("answered", "closed"):
        needed = {"rated_useless", "never_reopened", "in_reopen_term", "has_reason"}
        assert set(find(state, "reopen").guards) == needed  # pyright: ignore


def test_a_text_is_hidden_only_with_a_reason() -> None:
    for state in STATES:
        assert set(find(state, "moderate_hide").guards) == {"meant_for_public", "has_reason"}  # pyright: ignore
