"""What citizens ask for: published, refused with a reason, in work, and one for which an agency is still looked for."""

from __future__ import annotations

from stack.demonstration.cast import Cast, citizen
from stack.demonstration.catalogue import read_yaml
from stack.demonstration.portal import Fields, Portal

_ASKED = ("title", "wanted", "language", "agency")


def plan() -> list[Fields]:
    """The requests as they stand in the file."""
    return read_yaml("requests.yaml")


def load(portal: Portal) -> list[str]:
    cast = Cast(portal)
    made = sum(_ask(cast, wish) for wish in plan())
    portal.say(f"{len(plan())} requests for data, {made} made")
    return []


def _ask(cast: Cast, wish: Fields) -> bool:
    asker = cast.of(citizen(wish["citizen"]))
    known = asker.call("data_request_list", {"scope": "mine"})["requests"]
    if any(one["title"] == wish["title"] for one in known):
        return False
    made = asker.call("data_request_create", {name: wish[name] for name in _ASKED if name in wish})
    cast.admin.call("data_request_moderate", {"id": made["id"], "decision": "accept"})
    for key in wish["supporters"]:
        cast.of(citizen(key)).call("data_request_support", {"id": made["id"]})
    if "answer" in wish:
        cast.admin.call("data_request_answer", {"id": made["id"], "language": wish["language"], **wish["answer"]})
    return True
