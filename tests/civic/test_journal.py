"""The journal: what happened stays, in order, and whoever changes it is found."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import ckan.model as model
import pytest
import sqlalchemy as sa
from ckan.common import config
from ckanext.opengov.civic.model.journal import TABLES, JournalEntry, JournalSeal
from ckanext.opengov.civic.service import journal, journal_check, journal_seal
from ckanext.opengov.civic.service.journal_chain import Fault, check, entry_hash, plain

from tests.civic.example_component import with_example
from tests.conftest import journal_writable

pytestmark = [with_example, pytest.mark.usefixtures("clean_portal")]

KIND = "example"


def write(entity: str = "one", event: str = "example.sent", **public: Any) -> int:
    entry = journal.record(KIND, entity, event, actor="someone", public=public, internal={"note": "Ә"})
    model.Session.commit()
    return entry.id


def tamper(statement: str, **values: Any) -> None:
    """What an owner of the database could do to it."""
    with journal_writable(), model.ensure_engine().begin() as connection:
        connection.execute(sa.text(statement), values)


def rows(entity: str = "one") -> list[dict[str, Any]]:
    query = sa.select(JournalEntry.__table__).where(JournalEntry.entity_id == entity).order_by(JournalEntry.seq)
    return [dict(row) for row in model.Session.execute(query).mappings()]


def test_entries_of_an_entity_are_a_chain() -> None:
    for number in range(3):
        write(to=str(number))
    write("other")
    chain = rows()
    assert [row["seq"] for row in chain] == [1, 2, 3]
    assert chain[0]["previous_hash"] is None
    assert [row["previous_hash"] for row in chain[1:]] == [row["hash"] for row in chain[:2]]
    assert rows("other")[0]["seq"] == 1
    assert journal.verify(KIND, "one").ok
    assert journal_check.verify_all().checked == 4


def test_the_hash_covers_every_field() -> None:
    write(to="x")
    row = rows()[0]
    changes = {"id": 99, "entity_type": "x", "entity_id": "x", "seq": 2, "event": "x", "actor": None}
    changes |= {"at": row["at"] + dt.timedelta(microseconds=1), "public": {}, "internal": {}, "previous_hash": "x"}
    assert set(changes) == set(row) - {"hash"}
    for name, value in changes.items():
        assert entry_hash(row | {name: value}) != row["hash"], name


def test_an_entry_and_its_change_are_one_transaction() -> None:
    journal.record(KIND, "one", "example.sent", actor=None)
    model.Session.rollback()
    assert rows() == []


def test_two_entries_in_one_transaction_follow_each_other() -> None:
    journal.record(KIND, "one", "a", actor=None)
    journal.record(KIND, "one", "b", actor=None)
    model.Session.commit()
    assert [row["seq"] for row in rows()] == [1, 2]
    assert journal.verify(KIND, "one").ok


def test_many_entries_are_recorded_with_a_handful_of_statements() -> None:
    statements: list[str] = []
    write("entity-3")
    engine = model.ensure_engine()
    sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: statements.append(args[2]))
    try:
        journal.record_many(journal.Happening(KIND, f"entity-{number % 50}", "x") for number in range(900))
    finally:
        sa.event.remove(engine, "before_cursor_execute", listener)
    model.Session.commit()
    assert len(statements) <= 10
    assert journal_check.verify_all().checked == 901
    assert rows("entity-3")[-1]["seq"] == 19


def test_what_comes_back_from_the_database_gives_the_same_hash() -> None:
    odd = {"f": 1.0, "big": 1e20, "small": 1e-7, "third": 1 / 3, "day": dt.date(2027, 1, 31), "list": (1, [2.0])}
    odd |= {"text": 'Қазақ "\\\n', "nothing": None, "yes": True}
    journal.record(KIND, "one", "x", actor=None, public=odd)
    model.Session.commit()
    assert journal.verify(KIND, "one").ok
    assert rows()[0]["public"]["day"] == "2027-01-31"


def test_what_json_cannot_carry_is_refused() -> None:
    for value in ({"a": object()}, {"a": float("nan")}):
        with pytest.raises((TypeError, ValueError)):
            plain(value)
    with pytest.raises(ValueError, match="zone"):
        journal.record(KIND, "one", "x", actor=None, at=dt.datetime(2027, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize("table", TABLES)
def test_the_database_refuses_to_change_what_is_recorded(table: str) -> None:
    write()
    journal_seal.seal()
    for statement in (f"UPDATE {table} SET hash = 'x'", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        if table == "opengov_journal_seal":
            statement = statement.replace("hash", "digest")
        with pytest.raises(sa.exc.DBAPIError, match=f"{table} is append-only: {statement[:6]}"):
            model.Session.execute(sa.text(statement))
        model.Session.rollback()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("""public = '{"to": "Anna"}'""", Fault.CONTENT),
        ("""internal = '{"note": "B"}'""", Fault.CONTENT),
        ("event = 'example.senT'", Fault.CONTENT),
        ("actor = 'someonE'", Fault.CONTENT),
        ("at = at + interval '1 microsecond'", Fault.CONTENT),
        ("hash = overlay(hash placing 'x' from 1)", Fault.CONTENT),
        ("id = id + 1000", Fault.CONTENT),
    ],
)
def test_a_change_of_one_byte_names_the_row(change: str, reason: Fault) -> None:
    ids = [write(to="Anne") for _ in range(3)]
    tamper(f"UPDATE opengov_journal SET {change} WHERE id = :id", id=ids[1])
    expected = ids[1] + 1000 if change.startswith("id") else ids[1]
    for found in (journal.verify(KIND, "one"), journal_check.verify_all()):
        assert (found.ok, found.first_broken_id, found.reason, found.seq) == (False, expected, reason, 2)
        assert found.entity == (KIND, "one")


def test_a_deleted_entry_in_the_middle_is_found() -> None:
    ids = [write() for _ in range(3)]
    tamper("DELETE FROM opengov_journal WHERE id = :id", id=ids[1])
    found = journal.verify(KIND, "one")
    assert (found.first_broken_id, found.reason) == (ids[2], Fault.GAP)


def test_an_entry_rewritten_with_its_hash_breaks_the_link() -> None:
    ids = [write(to="Anne") for _ in range(3)]
    forge(rows()[1] | {"public": {"to": "Anna"}})
    found = journal.verify(KIND, "one")
    assert (found.first_broken_id, found.reason) == (ids[2], Fault.LINK)


def forge(row: dict[str, Any]) -> None:
    digest = entry_hash(row)
    tamper(
        """UPDATE opengov_journal SET public = '{"to": "Anna"}', hash = :hash WHERE id = :id""",
        hash=digest,
        id=row["id"],
    )


def test_the_last_entry_deleted_is_found_through_the_seal() -> None:
    ids = [write() for _ in range(3)]
    write("other")
    assert journal_seal.seal().heads == 2
    tamper("DELETE FROM opengov_journal WHERE id = :id", id=ids[2])
    for found in (journal.verify(KIND, "one"), journal_check.verify_all()):
        assert (found.first_broken_id, found.reason) == (ids[2], Fault.MISSING)
        assert found.sealed_at is not None
    assert journal.verify(KIND, "other").ok


def test_a_whole_chain_deleted_is_found_through_the_seal() -> None:
    number = write()
    journal_seal.seal()
    tamper("DELETE FROM opengov_journal")
    assert journal.verify(KIND, "one").first_broken_id == number


def test_a_last_entry_rewritten_with_its_hash_is_found_through_the_seal() -> None:
    ids = [write(to="Anne") for _ in range(2)]
    journal_seal.seal()
    forge(rows()[1] | {"public": {"to": "Anna"}})
    found = journal.verify(KIND, "one")
    assert (found.first_broken_id, found.reason) == (ids[1], Fault.SEALED)


def test_a_changed_seal_is_found() -> None:
    write()
    made = journal_seal.seal().id
    write("other")
    journal_seal.seal()
    tamper("DELETE FROM opengov_journal_sealed_head WHERE entity_id = 'one'")
    found = journal_check.verify_all()
    assert (found.first_broken_id, found.reason) == (made, Fault.SEAL)


def test_a_deleted_seal_is_found() -> None:
    numbers = []
    for entity in ("one", "two", "three"):
        write(entity)
        numbers.append(journal_seal.seal().id)
    tamper("DELETE FROM opengov_journal_seal WHERE id = :id", id=numbers[1])
    found = journal_check.verify_all()
    assert (found.first_broken_id, found.reason) == (numbers[2], Fault.SEAL)


def test_a_seal_of_another_key_is_forged(monkeypatch: pytest.MonkeyPatch) -> None:
    write()
    monkeypatch.setitem(config, "opengov.journal_key", "guessed")
    journal_seal.seal()
    monkeypatch.undo()
    assert journal.verify(KIND, "one").reason == Fault.SEAL


def test_a_seal_takes_what_is_new_and_the_one_before() -> None:
    write()
    first = journal_seal.seal()
    write("other")
    second = journal_seal.seal()
    third = journal_seal.seal()
    assert (first.heads, second.heads, third.heads) == (1, 1, 0)
    assert second.previous_digest == first.digest
    assert third.previous_digest == second.digest
    assert journal_check.verify_all().ok


def test_the_nightly_seal_is_one_a_day() -> None:
    assert journal_seal.seal_nightly() is not None
    assert journal_seal.seal_nightly() is None
    tamper("UPDATE opengov_journal_seal SET at = at - interval '1 day'")
    assert journal_seal.seal_nightly() is not None
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(JournalSeal)) == 2


def test_an_entry_that_is_being_written_is_never_behind_the_seal() -> None:
    """The seal waits for it: else its id could lie before the sealed one and nobody would miss it."""
    journal.record(KIND, "slow", "x", actor=None)
    sealed: list[int] = []

    def work() -> None:
        sealed.append(journal_seal.seal().heads)
        model.Session.remove()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(0.5)
    assert thread.is_alive()
    model.Session.commit()
    thread.join(10)
    assert sealed == [1]


def test_twenty_threads_give_one_unbroken_chain() -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(5):
                journal.record(KIND, "one", "x", actor=None, public={"by": number, "step": step})
                model.Session.commit()
        except BaseException as error:
            failures.append(error)
        finally:
            model.Session.remove()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    chain = rows()
    assert [row["seq"] for row in chain] == list(range(1, 101))
    assert check(chain).ok
    assert journal.verify(KIND, "one").checked == 100


def test_the_database_holds_one_entry_a_place() -> None:
    write()
    copy = rows()[0] | {"id": 10**9}
    with pytest.raises(sa.exc.IntegrityError, match="opengov_journal_place"):
        model.Session.execute(sa.insert(JournalEntry), [copy])
    model.Session.rollback()
