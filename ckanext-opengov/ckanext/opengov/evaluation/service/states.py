"""The way of an evaluation as a table: in which state what may happen, by whom, on which conditions. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service.refusal import N_

SYSTEM = "system"

STATES: Mapping[str, str] = {
    "self_assessment": N_("The agency assesses itself"),
    "evaluation": N_("An evaluator checks"),
    "objection": N_("The agency may object"),
    "decision": N_("Objections are decided"),
    "published": N_("Published"),
    "ended": N_("Ended: the agency is no more"),
}
RUNNING = ("self_assessment", "evaluation", "objection", "decision")


@dataclass(frozen=True)
class Rule:
    """What an event leads to, who may cause it, on which conditions, and which term then runs."""

    then: str
    who: frozenset[str]
    guards: tuple[str, ...] = ()
    term: str | None = None


def _who(*roles: str) -> frozenset[str]:
    return frozenset(str(role) for role in roles)


_STAFF = _who(Role.AUTHOR, Role.PUBLISHER, Role.HEAD, Role.DEPUTY_HEAD)
_HEADS = _who(Role.PUBLISHER, Role.HEAD, Role.DEPUTY_HEAD)
_EVALUATOR = _who(Role.EVALUATOR)
_SUPERVISOR = _who(Role.SUPERVISOR)
_SYSTEM = _who(SYSTEM)

SELF_TERM = "evaluation.self_assessment"
OBJECTION_TERM = "evaluation.objection"

TABLE: Mapping[tuple[str, str], Rule] = {
    ("self_assessment", "claim"): Rule("self_assessment", _STAFF, ("in_term",)),
    ("self_assessment", "evidence"): Rule("self_assessment", _STAFF, ("in_term",)),
    ("self_assessment", "submit"): Rule("evaluation", _HEADS),
    ("self_assessment", "lapse"): Rule("evaluation", _SYSTEM),
    ("evaluation", "value"): Rule("evaluation", _EVALUATOR),
    ("evaluation", "finish"): Rule("objection", _EVALUATOR, ("counted", "all_set"), OBJECTION_TERM),
    ("objection", "object"): Rule("objection", _HEADS, ("in_term", "not_objected")),
    ("objection", "agree"): Rule("decision", _HEADS),
    ("objection", "lapse"): Rule("decision", _SYSTEM),
    ("decision", "decide"): Rule("decision", _SUPERVISOR, ("undecided", "not_own_value")),
    ("decision", "publish"): Rule("published", _SUPERVISOR, ("all_decided",)),
    **{(state, "end"): Rule("ended", _SUPERVISOR, ("in_period",)) for state in RUNNING},
}

# Event → action.
ACTIONS: Mapping[str, str] = {
    "claim": "evaluation_claim_set",
    "evidence": "evaluation_evidence_create",
    "submit": "evaluation_submit",
    "value": "evaluation_value_set",
    "finish": "evaluation_finish",
    "object": "evaluation_appeal_create",
    "agree": "evaluation_agree",
    "decide": "evaluation_appeal_decide",
    "publish": "evaluation_publish",
    "end": "evaluation_end",
}

# What the timeline says.
TITLES: Mapping[str, str] = {
    "evaluation.opened": N_("The evaluation was opened"),
    "evaluation.claim": N_("The agency gave a value: {title}"),
    "evaluation.evidence": N_("The agency added evidence: {title}"),
    "evaluation.submit": N_("The agency finished its self-assessment"),
    "evaluation.counted": N_("The portal counted its own indicators"),
    "evaluation.value": N_("An evaluator set a value: {title}"),
    "evaluation.finish": N_("The evaluator finished; the agency may object until {until}"),
    "evaluation.object": N_("The agency objected: {title}"),
    "evaluation.agree": N_("The agency has no further objections"),
    "evaluation.lapse": N_("The term was over"),
    "evaluation.decide": N_("An objection was decided: {title}"),
    "evaluation.publish": N_("Published with {score} points"),
    "evaluation.end": N_("Ended: {reason}"),
}


def find(state: str, event: str) -> Rule | None:
    """The rule for an event in a state; None when it cannot happen there."""
    return TABLE.get((state, event))


def whoever(event: str) -> frozenset[str]:
    """Who may cause an event in some state."""
    return frozenset().union(*(rule.who for (_, name), rule in TABLE.items() if name == event))


def permissions() -> dict[str, frozenset[Role]]:
    """Action → the officers' roles that may do it in some state, for the manifest."""
    return {
        action: frozenset(role for role in Role if str(role) in whoever(event)) for event, action in ACTIONS.items()
    }
