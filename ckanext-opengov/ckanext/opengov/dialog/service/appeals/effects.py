"""What each event writes to the appeal, beside its state and its term."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service import agencies
from ckanext.opengov.civic.service.calendar import is_late, local_date
from ckanext.opengov.civic.service.refusal import Refusal
from ckanext.opengov.dialog.model.appeals import Clarification, Transfer
from ckanext.opengov.dialog.service.appeals import answering, clock, figures, words
from ckanext.opengov.dialog.service.appeals.steps import Effect, Step, reason, refuse

QUESTION_LENGTH = 2_000
TEXT_LENGTH = 20_000


def moderate_accept(step: Step) -> None:
    step.appeal.visibility, step.appeal.hidden_reason = "public", None


def moderate_hide(step: Step) -> None:
    step.appeal.visibility, step.appeal.hidden_reason = "hidden", reason(step)
    step.public["reason"] = step.appeal.hidden_reason


def take(step: Step) -> None:
    step.appeal.assignee_id = step.person.user_id


def assign(step: Step) -> None:
    step.appeal.assignee_id = str(step.data["assignee_id"])
    step.internal["assignee"] = step.appeal.assignee_id


def draft(step: Step) -> None:
    seen = step.data.get("seen")
    if seen and seen != answering.draft_mark(step.appeal.draft):
        refuse("text", tk._("A colleague has saved another draft meanwhile. Compare both, then save yours again."))
    step.appeal.draft = step.text("text", answering.LENGTH)
    step.appeal.draft_links = answering.links(step.data.get("links"))


def forward(step: Step) -> None:
    """To another agency; the ledger keeps who passed it on, why, and whether that was in time."""
    appeal = step.appeal
    to = agencies.find(str(step.data["agency"]))
    if to is None:
        raise tk.ObjectNotFound(tk._("There is no such agency. Choose one that works on the portal."))
    ledger = list(model.Session.scalars(sa.select(Transfer.from_agency_id).where(Transfer.appeal_id == appeal.id)))
    since = dt.datetime.combine(appeal.term_from, dt.time(12), tzinfo=dt.UTC)
    due = step.clock.end(clock.FORWARD, since)
    transfer = Transfer(
        appeal_id=appeal.id,
        from_agency_id=appeal.agency_id,
        to_agency_id=to.id,
        at=step.moment,
        actor_id=step.person.user_id,
        reason=reason(step),
        due_at=due,
        late=is_late(step.moment, due),
    )
    model.Session.add(transfer)
    step.figures.append(figures.forwarded(appeal, appeal.agency_id))
    step.public |= {"reason": transfer.reason, "from": appeal.agency_id, "to": to.id, "late": transfer.late}
    appeal.forwards += 1
    appeal.returns += int(to.id in ledger)
    appeal.agency_id, appeal.assignee_id = to.id, None
    appeal.draft = appeal.draft_links = None


def extend(step: Step) -> None:
    """To a day that is not later than the law allows, counted from the old last day."""
    try:
        until = dt.date.fromisoformat(str(step.data.get("until") or ""))
    except ValueError:
        refuse("until", tk._("Write the new last day as a date, for example {example}.").format(example="2026-12-31"))
        raise
    try:
        latest = step.clock.latest_extension(step.appeal)
        if not step.clock.deadline(step.appeal).last_day < until <= latest:
            message = tk._("The new last day must be after the old one and not later than {latest}.")
            refuse("until", message.format(latest=latest.isoformat()))
        step.appeal.extra_days = step.clock.extra_days(step.appeal, until)
        if not step.appeal.extra_days:
            refuse("until", tk._("There is no working day up to this date. Choose a later one."))
    except Refusal as error:
        refuse("until", error.translated())
    last = step.clock.deadline(step.appeal).last_day
    step.public |= {"reason": reason(step), "until": last.isoformat(), "days": step.appeal.extra_days}


def ask_clarification(step: Step) -> None:
    question = step.text("question", QUESTION_LENGTH)
    due = step.clock.end(clock.CLARIFY, step.moment)
    row = Clarification(
        appeal_id=step.appeal.id,
        asked_at=step.moment,
        asked_by=step.person.user_id,
        due_at=due,
        question_original=question,
        question_public=step.masked(question),
    )
    model.Session.add(row)
    step.public |= {"question": row.question_public, "until": local_date(due).isoformat()}


def clarify(step: Step) -> None:
    row = _open_question(step)
    text = step.text("text", TEXT_LENGTH)
    row.text_original, row.text_public = text, step.masked(text)
    row.ended_at = step.moment


def lapse(step: Step) -> None:
    _open_question(step).ended_at = step.moment


def _open_question(step: Step) -> Clarification:
    query = sa.select(Clarification).where(Clarification.appeal_id == step.appeal.id, Clarification.ended_at.is_(None))
    return model.Session.scalars(query.order_by(Clarification.id.desc())).first() or _no_question()


def _no_question() -> Clarification:
    raise tk.ObjectNotFound(tk._("There is no open question to the author."))


def not_consider(step: Step) -> None:
    step.appeal.reason = str(step.data["legal_reason"])
    step.appeal.ended_at = step.moment
    listed = words.legal_reasons()[step.appeal.reason]
    step.public |= {"legal_reason": step.appeal.reason, "title": listed["title"], "basis": listed["basis"]}


def end(step: Step) -> None:
    step.appeal.ended_at = step.moment


def reopen(step: Step) -> None:
    step.appeal.reopened_at, step.appeal.ended_at = step.moment, None
    step.appeal.reason = reason(step)
    step.public["reason"] = step.appeal.reason


EFFECTS: Mapping[str, Effect] = {
    "moderate_accept": moderate_accept,
    "moderate_hide": moderate_hide,
    "take": take,
    "assign": assign,
    "draft": draft,
    "forward": forward,
    "extend": extend,
    "ask_clarification": ask_clarification,
    "clarify": clarify,
    "lapse": lapse,
    "answer": answering.answer,
    "rate": answering.rate,
    "not_consider": not_consider,
    "withdraw": end,
    "close": end,
    "reopen": reopen,
}
