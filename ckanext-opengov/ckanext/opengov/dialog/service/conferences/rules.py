"""What may happen to a conference, in which state, and who may let it happen. Data, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service.refusal import N_

TYPE = "conference"
QUESTION = "conference_question"
COMPONENT = "dialog"
FINISHED = "dialog.conference_finished"
INDEX = "dialog.conference_index"

STATES: Mapping[str, str] = {
    "draft": N_("Draft"),
    "announced": N_("Announced"),
    "collecting": N_("Questions are collected"),
    "live": N_("Live"),
    "finished": N_("Finished"),
    "published": N_("Transcript published"),
    "cancelled": N_("Cancelled"),
}
SIGNING = frozenset({Role.PUBLISHER, Role.HEAD, Role.DEPUTY_HEAD})
RUNNING = SIGNING | {Role.MODERATOR}
WRITING = SIGNING | {Role.AUTHOR}
# Whoever prepares a conference in one way or another sees its draft.
PREPARING = RUNNING | WRITING


@dataclass(frozen=True)
class Event:
    """A change of state: from where, to where, by whom, and what its button and its line in the journal say."""

    sources: tuple[str, ...]
    target: str
    who: frozenset[Role]
    button: str
    line: str


EVENTS: Mapping[str, Event] = {
    "announce": Event(("draft",), "announced", SIGNING, N_("Announce"), N_("Conference announced")),
    "collect": Event(
        ("announced",), "collecting", RUNNING, N_("Begin to collect questions"), N_("Collection of questions began")
    ),
    "start": Event(("collecting",), "live", RUNNING, N_("Go live"), N_("The conference began")),
    "finish": Event(("live",), "finished", RUNNING, N_("Finish"), N_("The conference ended")),
    "publish": Event(("finished",), "published", SIGNING, N_("Publish the transcript"), N_("Transcript published")),
    "cancel": Event(
        ("draft", "announced", "collecting"),
        "cancelled",
        frozenset({Role.HEAD, Role.DEPUTY_HEAD}),
        N_("Cancel"),
        N_("Conference cancelled: {reason}"),
    ),
}
# When questions are taken and supported, when they are answered, when a question may go on as an appeal.
ASKING = frozenset({"collecting", "live"})
ANSWERING = frozenset({"live", "finished"})
OVER = frozenset({"finished", "published"})
CHANGEABLE = frozenset({"draft", "announced", "collecting"})

QUESTION_STATES: Mapping[str, str] = {
    "pending": N_("Waits for a moderator"),
    "public": N_("Admitted"),
    "refused": N_("Not admitted"),
    "merged": N_("Joined with a similar question"),
}
REASONS: Mapping[str, str] = {
    "off_topic": N_("Not on the subject of the conference"),
    "not_question": N_("Asks nothing"),
    "insult": N_("Insults or threats"),
    "personal_data": N_("Personal data of others"),
    "advertising": N_("Advertising"),
    "unlawful": N_("Calls to break the law"),
    "unreadable": N_("Cannot be read"),
}

PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "conference_create": WRITING,
    "conference_draft_show": PREPARING,
    "conference_update": WRITING,
    "conference_question_moderate": frozenset({Role.MODERATOR}),
    "conference_question_answer": WRITING,
    **{f"conference_{name}": event.who for name, event in EVENTS.items()},
}

JOURNAL: Mapping[str, str] = {
    "conference.created": N_("Draft of the conference made"),
    "conference.updated": N_("Announcement changed"),
    **{f"conference.{name}": event.line for name, event in EVENTS.items()},
    "conference.answered": N_("Question {number} answered"),
    "conference.refused": N_("Question {number} not admitted"),
    "conference_question.asked": N_("Question received"),
    "conference_question.moderated": N_("Decision on the question"),
    "conference_question.supported": N_("Support given or taken back"),
    "conference_question.appeal": N_("The question became appeal {appeal}"),
}


def possible(state: str) -> list[str]:
    """The events that the state allows."""
    return [name for name, event in EVENTS.items() if state in event.sources]
