"""Standing answers: an officer writes what many ask, and the head of the agency reviews it."""

from __future__ import annotations

from stack.demonstration.cast import Cast, head, officer
from stack.demonstration.catalogue import read_yaml
from stack.demonstration.portal import Fields, Portal, PortalError


def load(portal: Portal) -> list[str]:
    cast, problems, made = Cast(portal), [], 0
    for entry in read_yaml("dialogue/standing.yaml"):
        try:
            made += _bring(cast, entry)
        except PortalError as error:
            problems.append(f"standing answer “{entry['question']['en']}”: {error}")
    portal.say(f"{made} standing answers written or reviewed")
    return problems


def _bring(cast: Cast, entry: Fields) -> bool:
    """Write the answer and review it, as far as that is not done; whether anything was done."""
    agency = entry["agency"]
    known = {state: _known(cast, entry, state) for state in ("reviewed", "draft")}
    if known["reviewed"]:
        return False
    names = ("agency", "topic", "question", "answer", "links")
    drafted = known["draft"] or cast.of(officer(agency)).call(
        "standing_answer_create", {name: entry[name] for name in names}
    )
    cast.of(head(agency)).call("standing_answer_update", {"id": drafted["id"], "state": "reviewed"})
    return True


def _known(cast: Cast, entry: Fields, state: str) -> Fields | None:
    asked = {"agency": entry["agency"], "state": state, "limit": 100}
    found = cast.of(officer(entry["agency"])).call("standing_answer_list", asked)["standing_answers"]
    return next((one for one in found if one["question_translated"] == entry["question"]), None)
