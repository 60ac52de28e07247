"""The figures of a poll from its ballots, and the file from which anybody computes them again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.dialog.model.polls import Ballot, Poll, PollText, Receipt
from ckanext.opengov.dialog.service.polls import counting, receipts, voting
from ckanext.opengov.dialog.service.polls.rules import Kind, Question

FORMAT = "opengov-poll-recount/1"
# While a poll runs, figures of fewer ballots would show who voted what.
SMALLEST = 5
_CHUNK = 1000


def computed(poll: Poll) -> dict[str, Any]:
    """The figures of all questions, counted now: ``ballots`` and question id → figures."""
    found = {question["id"]: counting.count(question, _tallies(poll.id, question)) for question in poll.questions}
    return {"ballots": voting.ballots(poll.id), "questions": found}


def _tallies(poll_id: str, question: Question) -> Iterator[tuple[Any, int]]:
    if question["kind"] == Kind.TEXT:
        mine = (PollText.poll_id == poll_id, PollText.question_id == question["id"])
        yield None, model.Session.scalar(sa.select(sa.func.count()).select_from(PollText).where(*mine)) or 0
        return
    choice = Ballot.choices[question["id"]]
    query = (
        sa.select(choice, sa.func.count())
        .where(Ballot.poll_id == poll_id, Ballot.choices.has_key(question["id"]))
        .group_by(sa.text("1"))
    )
    yield from (tuple(row) for row in model.Session.execute(query))


def public_texts(poll_id: str, question_id: str, limit: int) -> list[str]:
    """Answers in own words that a moderator has let pass, in the order of their random ids."""
    query = sa.select(PollText.text).where(
        PollText.poll_id == poll_id, PollText.question_id == question_id, PollText.state == "public"
    )
    return list(model.Session.scalars(query.order_by(PollText.id).limit(limit)))


def recount_head(poll: Poll) -> dict[str, Any]:
    """The first line of the recount file: the questions, how each is counted, how many lines follow."""
    return {
        "format": FORMAT,
        "poll": poll.id,
        "title": poll.title,
        "starts_at": poll.starts_at.isoformat(),
        "ends_at": poll.ends_at.isoformat(),
        "ballots": voting.ballots(poll.id),
        "receipts": receipts.number(poll.id),
        "questions": poll.questions,
        "rules": {str(kind): text for kind, text in counting.RULES.items()},
    }


def recount_lines(head: Mapping[str, Any]) -> Iterator[str]:
    """The recount file as JSON lines: the head, then each choice, then the hashes of the receipts.

    The answers to different questions stand apart, each question in an order of its own: a whole ballot could be
    recognised by an unusual pattern, and no figure needs it.
    """
    poll_id = head["poll"]
    yield _line(head)
    with model.ensure_engine().connect().execution_options(yield_per=_CHUNK) as connection:
        for question in head["questions"]:
            if question["kind"] != Kind.TEXT:
                choice = Ballot.choices[question["id"]]
                query = sa.select(choice).where(Ballot.poll_id == poll_id, Ballot.choices.has_key(question["id"]))
                for value in connection.scalars(query.order_by(sa.func.random())):
                    yield _line({"question": question["id"], "choice": value})
        hashes = sa.select(Receipt.code_hash).where(Receipt.poll_id == poll_id).order_by(Receipt.code_hash)
        for value in connection.scalars(hashes):
            yield _line({"receipt": value})


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def table(poll: Poll, language: str, pick: Any) -> Iterator[list[Any]]:
    """The figures as rows for a spreadsheet: question, kind, choice, number, share.

    :param pick: (texts, language) → text
    """
    yield ["question", "kind", "choice", "number", "share"]
    for question in poll.questions:
        figures = (poll.results or {})["questions"][question["id"]]
        title = pick(question["text"], language)
        names = {option["id"]: pick(option["text"], language) for option in question.get("options", [])}
        counts = figures["rounds"][-1]["counts"] if figures.get("rounds") else figures.get("counts", {})
        for choice, number in counts.items():
            share = round(number / figures["answered"], 4) if figures["answered"] else ""
            yield [title, question["kind"], names.get(choice, choice), number, share]
        if not counts:
            yield [title, question["kind"], "", figures["answered"], ""]
