"""The conditions that the table of states names."""

from __future__ import annotations

from collections.abc import Mapping

import ckan.plugins.toolkit as tk

from ckanext.opengov.civic.service import agencies, officers
from ckanext.opengov.civic.service.calendar import is_late
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.dialog.service.appeals import clock, words
from ckanext.opengov.dialog.service.appeals.people import COMPONENT, READERS
from ckanext.opengov.dialog.service.appeals.steps import Guard, Step, reason, refuse

PRIVATE = N_("The author wants this appeal to be private: there is nothing to decide.")


def meant_for_public(step: Step) -> None:
    if step.appeal.visibility == "private":
        refuse("number", tk._(PRIVATE))


def has_reason(step: Step) -> None:
    reason(step)


def to_officer(step: Step) -> None:
    wanted = step.data.get("assignee_id")
    roles = READERS
    if not wanted or not officers.holds(wanted, roles, component=COMPONENT, agency_id=step.appeal.agency_id):
        refuse("assignee", tk._("Choose an officer of the dialogue of this agency."))


def to_other_agency(step: Step) -> None:
    agency = agencies.find(str(step.data.get("agency") or ""))
    if agency is None:
        refuse("agency", tk._("There is no such agency. Choose one that works on the portal."))
    elif agency.id == step.appeal.agency_id:
        refuse("agency", tk._("The appeal is with this agency already. Choose another one."))


def not_extended(step: Step) -> None:
    if step.appeal.extra_days:
        refuse("number", tk._("The term was extended already. It can be extended once only."))


def not_overdue(step: Step) -> None:
    if clock.is_overdue(step.appeal, step.moment):
        refuse("number", tk._("The term is over: it can be extended only before its last day ends."))


def not_asked(step: Step) -> None:
    if step.appeal.pauses:
        refuse("number", tk._("The author was asked already. The clock can be stopped once in a term."))


def legal_reason(step: Step) -> None:
    words.one_of("legal_reason", step.data.get("legal_reason"), words.legal_reasons())


def not_rated(step: Step) -> None:
    appeal = step.appeal
    if appeal.rated_at and appeal.answered_at and appeal.rated_at >= appeal.answered_at:
        refuse("number", tk._("You have rated this answer already."))


def rated_useless(step: Step) -> None:
    appeal = step.appeal
    is_rated = appeal.rated_at and appeal.answered_at and appeal.rated_at >= appeal.answered_at
    if not is_rated or appeal.useful:
        refuse("number", tk._("Rate the answer first. If it did not help, you can open the appeal again."))


def never_reopened(step: Step) -> None:
    if step.appeal.reopened_at:
        message = tk._("The appeal was opened again once already. Write a new one if the question is still open.")
        refuse("number", message)


def in_reopen_term(step: Step) -> None:
    answered = step.appeal.answered_at
    if answered and is_late(step.moment, step.clock.end(clock.REOPEN, answered)):
        refuse("number", tk._("The time in which an appeal can be opened again is over. Write a new one."))


GUARDS: Mapping[str, Guard] = {
    guard.__name__: guard
    for guard in (
        meant_for_public,
        has_reason,
        to_officer,
        to_other_agency,
        not_extended,
        not_overdue,
        not_asked,
        legal_reason,
        not_rated,
        rated_useless,
        never_reopened,
        in_reopen_term,
    )
}
# Conditions on the request and not on the appeal: whether a button is shown does not depend on them.
OF_REQUEST = frozenset({"has_reason", "to_officer", "to_other_agency", "legal_reason"})
