"""Answers: the gate before the signature, the signature, and what the citizen says of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import ratings
from ckanext.opengov.civic.service.calendar import is_late
from ckanext.opengov.civic.service.discussion import similarity, texts
from ckanext.opengov.civic.service.ratings import AXES, Given, RatingRules
from ckanext.opengov.civic.statistics import mean_of_marks
from ckanext.opengov.dialog.model.appeals import Answer, Appeal
from ckanext.opengov.dialog.service.appeals.steps import Step, refuse

LENGTH = 50_000
MOST_LINKS = 20
TITLE_LENGTH = 300
COMPARED = 500
COPY = 0.9
USEFUL = 3
MOST_PASSAGES = 10
_QUESTION = re.compile(r"[^.!?\n]*\?")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_WORD = re.compile(r"\w{5,}")
# So many first letters of a word are alike in its forms.
STEM = 5
_ADDRESS = re.compile(r"https?://[^\s<>\"']+|/(?!/)[^\s<>\"']*")
# The kit's own action would keep marks without the portal's figures.
_inside: ContextVar[bool] = ContextVar("opengov_dialog_rating", default=False)


def check(appeal: Appeal, text: str) -> list[dict[str, Any]]:
    """What the gate warns of: an answer that is a copy of another one, and questions that it leaves out.

    A likeness is that of runs of five characters, from 0 to 1, against the agency's last 500 answers.
    """
    warnings: list[dict[str, Any]] = []
    copied = _copied(appeal, text)
    if copied:
        number, likeness, passages = copied
        message = tk._("The text is nearly the same as the answer to appeal {number}. Does it answer this one too?")
        found = {"number": number, "likeness": likeness, "passages": passages}
        warnings.append({"code": "copy", "message": message.format(number=number), **found})
    missed = left_out(appeal.text_original, text)
    if missed:
        message = tk._("These questions of the author seem to be left out: {questions}")
        warnings.append(
            {"code": "questions", "message": message.format(questions=" ".join(missed)), "questions": missed}
        )
    return warnings


def _copied(appeal: Appeal, text: str) -> tuple[str, float, list[str]] | None:
    mark = similarity.signature(text)
    query = (
        sa.select(Answer.signature, Appeal.number, Answer.id)
        .join(Appeal, Appeal.id == Answer.appeal_id)
        .where(Answer.agency_id == appeal.agency_id, Answer.appeal_id != appeal.id, Answer.signature.is_not(None))
        .order_by(Answer.at.desc())
        .limit(COMPARED)
    )
    found = [(similarity.likeness(mark, other), *of) for other, *of in model.Session.execute(query)]
    likeness, number, answer_id = max(found, default=(0.0, "", ""))
    if likeness <= COPY:
        return None
    other = model.Session.scalars(sa.select(Answer.text_original).where(Answer.id == answer_id)).one()
    return number, round(likeness, 2), repeated(text, other)


def repeated(text: str, other: str) -> list[str]:
    """The sentences of a text that stand in the other one too, word for word."""
    known = " ".join(other.split()).casefold()
    sentences = [" ".join(one.split()) for one in _SENTENCE.findall(text)]
    return [one for one in sentences if one.casefold() in known and _WORD.search(one)][:MOST_PASSAGES]


def left_out(appeal_text: str, answer_text: str) -> list[str]:
    """The questions none of whose longer words comes back in the answer, whatever their endings."""
    said = _stems(answer_text)
    asked = [" ".join(one.split()) for one in _QUESTION.findall(appeal_text)]
    return [one for one in asked if (stems := _stems(one)) and stems.isdisjoint(said)]


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in _WORD.findall(text.casefold())}


def links(given: object) -> list[dict[str, str]]:
    """Links to datasets, acts and budget lines, checked.

    :raises ValidationError: for anything but a list of ``title`` and ``url``
    """
    some = given if isinstance(given, list) else [given] if given else []
    if len(some) > MOST_LINKS:
        refuse("links", tk._("At most {limit} links are taken.").format(limit=MOST_LINKS))
    found = []
    for one in some:
        url = one.get("url") if isinstance(one, dict) else None
        if not isinstance(url, str) or not _ADDRESS.fullmatch(url.strip()):
            message = tk._(
                "A link needs the full address of a page, beginning with https:// or with / for this portal."
            )
            refuse("links", message)
        title = texts.check("links", one.get("title") or url, TITLE_LENGTH)
        found.append({"title": title, "url": str(url).strip()})
    return found


def draft_mark(text: str | None) -> str:
    """What tells one draft from another, so that nobody overwrites a colleague's without having seen it."""
    return hashlib.sha256((text or "").encode()).hexdigest()[:16]


def answer(step: Step) -> None:
    """The head, or who acts for them, signs an answer; warnings of the gate must have been taken notice of."""
    appeal = step.appeal
    text = texts.check("text", step.data.get("text") or appeal.draft or "", LENGTH)
    taken = _acknowledged(step, check(appeal, text))
    in_time = appeal.due_at is None or not is_late(step.moment, appeal.due_at)
    number = (model.Session.scalar(sa.select(sa.func.max(Answer.number)).where(Answer.appeal_id == appeal.id)) or 0) + 1
    signed_as, name = _signature(step)
    made = Answer(
        appeal_id=appeal.id,
        number=number,
        agency_id=appeal.agency_id,
        at=step.moment,
        language=texts.check_language(step.data.get("language") or appeal.language),
        text_original=text,
        text_public=step.masked(text),
        links=links(step.data.get("links", appeal.draft_links)),
        signed_by=step.person.user_id,
        signed_as=signed_as,
        signer_name=name,
        in_time=in_time,
        acknowledged=taken,
        signature=similarity.signature(text),
    )
    model.Session.add(made)
    # A late second answer is not made good by a first one that did not help.
    appeal.in_time = in_time and appeal.in_time is not False
    appeal.answered_at = step.moment
    appeal.draft = appeal.draft_links = None
    step.public |= {"answer": number, "signed_as": signed_as, "in_time": in_time}
    step.internal |= {"acknowledged": taken}


def _acknowledged(step: Step, warnings: Iterable[dict[str, Any]]) -> list[str]:
    given = step.data.get("acknowledged") or []
    given = [given] if isinstance(given, str) else list(given)
    open_ones = [one["message"] for one in warnings if one["code"] not in given]
    if open_ones:
        raise tk.ValidationError({"acknowledged": open_ones})
    return [one["code"] for one in warnings]


def _signature(step: Step) -> tuple[str, str]:
    roles = step.person.kinds(step.appeal)
    signed_as = "head" if str(Role.HEAD) in roles and step.data.get("signed_as") != "acting" else "acting"
    user = model.User.get(step.person.user_id) if step.person.user_id else None
    name = str(step.data.get("signer_name") or "") or (user.fullname or user.name if user else "")
    return signed_as, texts.check("signer_name", name, TITLE_LENGTH)


def rate(step: Step) -> None:
    """Marks on the kit's axes, and whether the problem is solved."""
    appeal = step.appeal
    solved = step.data.get("solved")
    if not isinstance(solved, bool):
        refuse("solved", tk._("Say whether the problem is solved: yes or no."))
    query = sa.select(Answer).where(Answer.appeal_id == appeal.id).order_by(Answer.number.desc()).limit(1)
    answered = model.Session.scalars(query).one()
    marks = {axis: step.data.get(axis) for axis in AXES}
    if step.person.user_id:
        token = _inside.set(True)
        try:
            given = Given("appeal", answered.id, step.person.user_id, marks, step.data.get("comment") or None)
            ratings.create(given)
        finally:
            _inside.reset(token)
    counts = [mark for mark in marks.values() if mark]
    if not counts:
        refuse("marks", tk._("Give a mark from 1 to 5 on at least one of the four questions."))
    mean = mean_of_marks({mark: counts.count(mark) for mark in counts})
    appeal.rated_at, appeal.solved = step.moment, solved
    appeal.useful = bool(solved) and mean >= USEFUL
    step.public |= {"solved": solved, "useful": appeal.useful}


def _agency_of(answer_id: str) -> str:
    return model.Session.scalars(sa.select(Answer.agency_id).where(Answer.id == answer_id)).one()


def _may_rate(_user_id: str, _answer_id: str) -> tuple[bool, str]:
    return _inside.get(), tk._("Rate the answer on the page of your appeal.")


RATING_RULES = RatingRules(agency=_agency_of, may_rate=_may_rate)
