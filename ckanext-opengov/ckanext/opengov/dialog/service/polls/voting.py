"""Voting: participation, ballot, texts and receipt in one transaction, tied to each other by nothing that is stored.

What this does not hide from whoever runs the server: rows that one transaction wrote carry its number (``xmin``) and
lie where the table had room (``ctid``), until :func:`shuffle` writes a poll's rows anew, every hour and at its end;
the database's log and its backups keep the order in which rows came; and whoever can change the running program can
watch. The page says so.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.model as model
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov.civic.model.persons import Person
from ckanext.opengov.civic.service import privacy, tokens
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.dialog.model.polls import Ballot, Participation, Poll, PollText, Receipt
from ckanext.opengov.dialog.service.polls import receipts
from ckanext.opengov.dialog.service.polls.rules import PollRefusal, State, check_ballot, state_at

BEFORE = N_("Voting has not begun. It begins on {moment}, Almaty time.")
AFTER = N_("Voting ended on {moment}, Almaty time. The results are on the page of the poll.")
ALREADY = N_("You have voted in this poll already. Each person has one vote, and it can't be changed.")


def clock() -> dt.datetime:
    """The database's time at this moment: one clock for all processes."""
    return model.Session.execute(sa.select(sa.func.clock_timestamp())).scalar_one()


def cast(poll_id: str, user_id: str, given: Any, moment: Any) -> str:
    """Count a person's vote.

    The poll's row is held meanwhile, so that no question changes and the poll is not counted under a vote.

    :param given: as in :func:`rules.check_ballot`
    :param moment: shows a time to the person

    :returns: the receipt's code
    :raises PollRefusal: before the beginning, after the end, for a second vote, for a ballot that does not fit
    """
    held = sa.select(Poll).where(Poll.id == poll_id).with_for_update(read=True)
    poll = model.Session.scalars(held.execution_options(populate_existing=True)).one()
    check_time(poll, moment)
    checked = check_ballot(poll.questions, given)
    _take_part(poll.id, user_id)
    model.Session.execute(sa.insert(Ballot).values(poll_id=poll.id, choices=checked.choices))
    for question_id, text in checked.texts.items():
        masked = privacy.mask(text, privacy.find(text)).text
        model.Session.execute(sa.insert(PollText).values(poll_id=poll.id, question_id=question_id, text=masked))
    return receipts.issue(poll.id)


def check_time(poll: Poll, moment: Any) -> None:
    """Refuse a vote before the beginning and after the end, by the database's clock.

    :raises PollRefusal: with the time
    """
    state = state_at(State(poll.state), poll.starts_at, poll.ends_at, clock())
    if state in (State.DRAFT, State.ANNOUNCED):
        raise PollRefusal("id", BEFORE, moment=moment(poll.starts_at))
    if state != State.OPEN:
        raise PollRefusal("id", AFTER, moment=moment(poll.ends_at))


def keys(poll_id: str, user_id: str) -> dict[str, str | None]:
    """What stands for a person in one poll; the same person has other keys in another."""
    person = model.Session.get(Person, user_id)
    national = person.national_hash if person else None
    return {
        "person_key": tokens.keyed(f"poll:{poll_id}", user_id),
        "national_key": tokens.keyed(f"poll:{poll_id}:national", national) if national else None,
    }


def has_voted(poll_id: str, user_id: str) -> bool:
    """Whether the person took part."""
    mine = keys(poll_id, user_id)
    same = [Participation.person_key == mine["person_key"]]
    if mine["national_key"]:
        same.append(Participation.national_key == mine["national_key"])
    query = sa.select(Participation.poll_id).where(Participation.poll_id == poll_id, sa.or_(*same))
    return bool(model.Session.scalar(sa.select(query.exists())))


def _take_part(poll_id: str, user_id: str) -> None:
    new = insert(Participation).values(poll_id=poll_id, **keys(poll_id, user_id)).on_conflict_do_nothing()
    if model.Session.scalar(new.returning(Participation.poll_id)) is None:
        raise PollRefusal("id", ALREADY)


def ballots(poll_id: str) -> int:
    """How many ballots there are."""
    query = sa.select(sa.func.count()).select_from(Ballot).where(Ballot.poll_id == poll_id)
    return model.Session.scalar(query) or 0


# One statement a table: the rows are deleted and written again in random order by one transaction.
_SHUFFLES = (
    (Ballot, "id, poll_id, choices", "gen_random_uuid(), poll_id, choices"),
    (PollText, "id, poll_id, question_id, text, state, reason", "id, poll_id, question_id, text, state, reason"),
    (Participation, "poll_id, person_key, national_key", "poll_id, person_key, national_key"),
    (Receipt, "poll_id, code_hash", "poll_id, code_hash"),
)


def shuffle(poll_id: str) -> None:
    """Write the rows of a poll anew in random order, each table in a transaction of its own. Commits."""
    for table, columns, values in _SHUFFLES:
        name = table.__tablename__
        # Everybody who is about to write waits: a row that is deleted and not yet written again must not be missed.
        model.Session.execute(sa.select(Poll.id).where(Poll.id == poll_id).with_for_update())
        text = (
            f"WITH gone AS (DELETE FROM {name} WHERE poll_id = :poll RETURNING *) "  # noqa: S608 - own constants
            f"INSERT INTO {name} ({columns}) SELECT {values} FROM gone ORDER BY random()"
        )
        model.Session.execute(sa.text(text), {"poll": poll_id})
        model.Session.commit()
