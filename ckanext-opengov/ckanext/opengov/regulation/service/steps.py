"""One step of an act: what is asked, under which conditions it may happen, and what it does to the act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opengov.civic.service.calendar import local_date
from ckanext.opengov.civic.service.refusal import Refusal
from ckanext.opengov.regulation.model.acts import Discussion, DraftAct
from ckanext.opengov.regulation.service import answering, placing, storing
from ckanext.opengov.regulation.service.clock import Clock, Ends


@dataclass
class Step:
    """What happens, to which act, and what the journal will say of it in public."""

    act: DraftAct
    event: str
    data: Mapping[str, Any]
    clock: Clock
    now: dt.datetime
    public: dict[str, Any] = field(default_factory=dict)


def _refuse(name: str, text: str) -> None:
    raise tk.ValidationError({name: [text]})


# --- conditions


def _has_text(step: Step) -> None:
    version = storing.in_preparation(step.act.id)
    texts = storing.read(version.id) if version else {}
    missing = [language for language in ("kk", "ru") if not texts.get(language)]
    if missing:
        message = tk._("The text is missing in: {languages}. Both languages are discussed side by side.")
        _refuse("parts", message.format(languages=", ".join(missing)))


def _next_is_whole(step: Step) -> None:
    """A further discussion begins with the version in preparation, if there is one."""
    if storing.in_preparation(step.act.id) is not None:
        _has_text(step)


def _begins_later(step: Step) -> None:
    starts_at = step.data.get("starts_at")
    if starts_at and starts_at < step.now - dt.timedelta(minutes=1):
        _refuse("starts_at", tk._("The discussion cannot begin in the past."))


def _has_reason(step: Step) -> None:
    if not step.data.get("reason"):
        _refuse("reason", tk._("Write the reason, at least in one language: everybody reads it."))


def _ends_later(step: Step) -> None:
    until = step.data.get("until")
    if until is None:
        _refuse("until", tk._("Choose the day to which the discussion is extended."))
    elif step.act.ends_at and until <= local_date(step.act.ends_at):
        _refuse(
            "until",
            tk._("An extended discussion ends later than before: after {day}.").format(
                day=local_date(step.act.ends_at).isoformat()
            ),
        )


def _nothing_pending(step: Step) -> None:
    count = answering.pending(step.act.id)
    if count:
        message = tk.ungettext(
            "{number} comment waits for a moderator. Decide on it first: then it can be answered.",
            "{number} comments wait for a moderator. Decide on them first: then they can be answered.",
            count,
        )
        _refuse("event", message.format(number=count))


def _all_answered(step: Step) -> None:
    answering.inherit(step.act.id)
    count = answering.unanswered(step.act.id)
    if count:
        message = tk.ungettext(
            "{number} comment has no answer yet. The report is published when everybody is answered.",
            "{number} comments have no answer yet. The report is published when everybody is answered.",
            count,
        )
        _refuse("event", message.format(number=count))


def _has_next_version(step: Step) -> None:
    if storing.in_preparation(step.act.id) is None:
        _refuse("event", tk._("There is no next version yet. Prepare it first."))
    _has_text(step)


def _has_link(step: Step) -> None:
    if not step.data.get("url"):
        _refuse("url", tk._("Give the address of the act in force."))


GUARDS: Mapping[str, Callable[[Step], None]] = {
    "has_text": _has_text,
    "next_is_whole": _next_is_whole,
    "begins_later": _begins_later,
    "has_reason": _has_reason,
    "ends_later": _ends_later,
    "nothing_pending": _nothing_pending,
    "all_answered": _all_answered,
    "has_next_version": _has_next_version,
    "has_link": _has_link,
}


# --- effects


def _announce(step: Step) -> None:
    act, version = step.act, storing.in_preparation(step.act.id)
    if version is not None:
        _publish(step, version)
    starts_at = step.data.get("starts_at") or step.now
    until = step.data.get("until")
    ends = _counted(lambda: step.clock.discussion(act.kind, starts_at, until))
    act.announced_at = act.announced_at or step.now
    act.discussion += 1
    act.answers_due_at = act.reported_at = act.reason = None
    _set_term(act, starts_at, ends)
    law = _counted(lambda: step.clock.discussion(act.kind, starts_at)).citizens
    model.Session.add(
        Discussion(
            package_id=act.id,
            number=act.discussion,
            version=act.version,
            starts_at=starts_at,
            ends_at=ends.citizens,
            is_longer=ends.citizens > law,
            reason=step.data.get("reason"),
        )
    )
    step.public |= {"until": _day(ends.citizens), "version": act.version}


def _set_term(act: DraftAct, starts_at: dt.datetime, ends: Ends) -> None:
    act.starts_at, act.ends_at, act.closes_at = starts_at, ends.citizens, ends.last
    act.channel_ends = {channel: end.isoformat() for channel, end in ends.channels.items()}


def _counted(count: Callable[[], Any]) -> Any:
    """A term that ends in a year whose holidays nobody knows yet is refused in words."""
    try:
        return count()
    except Refusal as error:
        raise tk.ValidationError({"starts_at": [error.translated()]}) from error


def _publish(step: Step, version: Any) -> None:
    before = storing.public_version(step.act)
    storing.publish(version)
    step.act.version = version.number
    if before is not None:
        placing.move_on(step.act, before, version)


def _extend(step: Step) -> None:
    act = step.act
    channels = {name: dt.datetime.fromisoformat(end) for name, end in act.channel_ends.items()}
    ends = _counted(lambda: step.clock.extended(step.data["until"], channels))
    if act.starts_at is None:
        raise RuntimeError(f"the act {act.id} is in discussion and has no beginning")
    _set_term(act, act.starts_at, ends)
    running = model.Session.get_one(Discussion, (act.id, act.discussion))
    running.ends_at, running.is_longer, running.reason = ends.citizens, True, step.data["reason"]
    step.public["until"] = _day(ends.citizens)


def _close(step: Step) -> None:
    act = step.act
    act.answers_due_at = step.clock.answers(act.closes_at or step.now)
    step.public["until"] = _day(act.answers_due_at)


def _publish_report(step: Step) -> None:
    act = step.act
    act.reported_at = step.now
    act.figures = answering.figures(act)
    step.public |= {name: act.figures[name] for name in ("answered", "accepted", "commented")}


def _publish_version(step: Step) -> None:
    version = storing.in_preparation(step.act.id)
    if version is None:
        raise RuntimeError(f"the act {step.act.id} has no version in preparation")
    _publish(step, version)
    step.public["version"] = version.number


def _agree(step: Step) -> None:
    step.act.reason = step.data["reason"]


def _adopt(step: Step) -> None:
    act = step.act
    act.adopted_url, act.ended_at = step.data["url"], step.now
    step.public["url"] = act.adopted_url
    if step.data.get("parts"):
        number = storing.last_number(act.id) + 1
        version = storing.create(act.id, number, step.data["parts"])
        storing.publish(version, storing.IN_FORCE)
        step.public["version"] = number


def _withdraw(step: Step) -> None:
    step.act.reason, step.act.ended_at = step.data["reason"], step.now


def _nothing(_step: Step) -> None:
    pass


EFFECTS: Mapping[str, Callable[[Step], None]] = {
    "announce": _announce,
    "open": _nothing,
    "extend": _extend,
    "close": _close,
    "publish_report": _publish_report,
    "repeat": _announce,
    "publish_version": _publish_version,
    "agree": _agree,
    "adopt": _adopt,
    "withdraw": _withdraw,
}


def _day(moment: dt.datetime) -> str:
    return local_date(moment).isoformat()
