"""One internet conference, brought from its announcement to the published transcript by whoever does each step."""

from __future__ import annotations

import datetime as dt

from stack.demonstration.cast import Cast, citizen, officer, people
from stack.demonstration.catalogue import read_yaml
from stack.demonstration.invented import person
from stack.demonstration.portal import Fields, Portal

# A conference is announced before it begins.
SOON = dt.timedelta(minutes=2)
NEXT = {"draft": "announce", "announced": "collect", "collecting": "start", "live": "finish", "finished": "publish"}
LAST = "published"
STATES = ("public", "pending", "refused", "merged")
PAGE = 100


def load(portal: Portal) -> list[str]:
    plan, cast = read_yaml("dialogue/conference.yaml"), Cast(portal)
    shown = portal.find("conference_show", plan["name"])
    if shown and shown["state"] == LAST:
        portal.say("the conference was held already")
        return []
    desk = cast.of(officer(plan["agency"]))
    if shown is None:
        shown = desk.call("conference_create", _announcement(plan))
    while shown["state"] in NEXT:
        if shown["state"] == "collecting":
            _collect(cast, plan)
        if shown["state"] == "live":
            _answer(cast, plan)
        shown = desk.call("conference_transition", {"id": shown["id"], "event": NEXT[shown["state"]]})
    portal.say(f"a conference with {len(plan['questions'])} questions was held")
    return []


def _announcement(plan: Fields) -> Fields:
    names = ("name", "title", "intro")
    speakers = [{"name": person(one["seed"]), "position": one["position"]} for one in plan["speakers"]]
    return {
        **{name: plan[name] for name in names},
        "owner_org": plan["agency"],
        "speakers": speakers,
        "starts_at": (dt.datetime.now(dt.UTC) + SOON).isoformat(timespec="minutes"),
        "recording_url": plan["recording"],
    }


def _questions(cast: Cast, plan: Fields) -> dict[str, Fields]:
    """Text → question, whatever its state."""
    desk = cast.of(people()["moderator"])
    pages = [
        desk.call("conference_question_list", {"conference_id": plan["name"], "state": state, "limit": PAGE})
        for state in STATES
    ]
    return {one["text"]: one for page in pages for one in page["questions"]}


def _collect(cast: Cast, plan: Fields) -> None:
    """Questions of citizens, the moderator's decisions, and the support of others."""
    known = _questions(cast, plan)
    for asked in plan["questions"]:
        if asked["text"] not in known:
            question = {"conference_id": plan["name"], "text": asked["text"], "language": asked["language"]}
            cast.of(citizen(asked["by"])).call("conference_question_create", question)
    known = _questions(cast, plan)
    desk = cast.of(people()["moderator"])
    for asked in plan["questions"]:
        found = known[asked["text"]]
        if found["state"] == "pending":
            desk.call("conference_question_moderate", {"id": found["id"], **_decision(plan, asked, known)})
    for asked in plan["questions"]:
        for supporter in asked.get("support", []):
            # Given twice it still counts once.
            question = {"id": known[asked["text"]]["id"]}
            cast.of(citizen(supporter)).call("conference_question_support", question)


def _decision(plan: Fields, asked: Fields, known: dict[str, Fields]) -> Fields:
    if "refused" in asked:
        return {"state": "refused", "reason": asked["refused"]}
    if "merged_into" in asked:
        other = plan["questions"][asked["merged_into"] - 1]
        return {"state": "merged", "merged_into": known[other["text"]]["number"]}
    return {"state": "public"}


def _answer(cast: Cast, plan: Fields) -> None:
    known = _questions(cast, plan)
    desk = cast.of(officer(plan["agency"]))
    for asked in plan["questions"]:
        found = known[asked["text"]]
        if "answer" in asked and not found["is_answered"]:
            answer = {"text": asked["answer"], "language": asked["language"], "speaker": asked["speaker"]}
            desk.call("conference_question_answer", {"id": found["id"], **answer})
