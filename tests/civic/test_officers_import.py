"""A file of roles: all errors at once, all rows or none, ten thousand of them in seconds."""

from __future__ import annotations

import io
import time
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.opengov.civic.model.officers import Officer
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal_check, officers, officers_csv

from tests.civic.example_component import with_example

pytestmark = [with_example, pytest.mark.usefixtures("clean_portal")]
HEADER = "user,agency,component,role,from,until\n"


@pytest.fixture
def place(clean_portal: None) -> dict[str, Any]:
    """An administrator, the agency, and two people."""
    admin = factories.User()
    agency = factories.Organization(name="agency-one", users=[{"name": admin["name"], "capacity": "admin"}])
    people = [factories.User(name=name) for name in ("aliya", "berik")]
    return {"admin": admin, "agency": agency, "people": people}


def send(place: dict[str, Any], text: str | bytes, by: str | None = None) -> dict[str, Any]:
    data = {"upload": io.BytesIO(text)} if isinstance(text, bytes) else {"csv": text}
    return tk.get_action("officer_import")({"user": place["admin"]["name"] if by is None else by}, data)


def faults(place: dict[str, Any], text: str | bytes, by: str | None = None) -> list[dict[str, Any]]:
    before = count()
    with pytest.raises(tk.ValidationError) as caught:
        send(place, text, by)
    assert count() == before
    return caught.value.error_dict["rows"]


def count() -> int:
    return model.Session.scalar(sa.select(sa.func.count()).select_from(Officer)) or 0


def test_a_file_grants_all_its_rows(place: dict[str, Any]) -> None:
    text = HEADER + "aliya,agency-one,example,author,2027-01-01,31.12.2099\nberik,agency-one,example,head,,\n"
    assert send(place, text) == {"granted": 2, "unchanged": 0}
    berik = place["people"][1]["id"]
    assert officers.holds(berik, [Role.HEAD], component="example", agency_id=place["agency"]["id"])
    assert journal_check.verify_all().checked == 2


def test_a_role_from_now_on_may_be_asked_for_again_on_another_day(place: dict[str, Any]) -> None:
    text = HEADER + "aliya,agency-one,example,author,,\n"
    send(place, text)
    model.Session.execute(sa.update(Officer).values(valid_from=Officer.valid_from - 3))
    model.Session.commit()
    assert send(place, text) == {"granted": 0, "unchanged": 1}


def test_the_same_file_again_changes_nothing(place: dict[str, Any]) -> None:
    text = HEADER + "aliya,agency-one,example,author,2027-01-01,\n"
    send(place, text)
    assert send(place, text) == {"granted": 0, "unchanged": 1}
    [fault] = faults(place, HEADER + "aliya,agency-one,example,author,2027-01-01,2099-01-01\n")
    assert "2027-01-01" in fault["message"]


def test_excel_files_with_semicolons_and_a_mark_are_read(place: dict[str, Any]) -> None:
    text = "User;Agency;Component;Role\r\naliya;agency-one;example;author\r\n;;;\r\n\r\n"
    assert send(place, b"\xef\xbb\xbf" + text.encode())["granted"] == 1


def test_all_errors_of_all_rows_are_said_at_once(place: dict[str, Any]) -> None:
    gone = factories.User(name="gone")
    tk.get_action("user_delete")({"ignore_auth": True, "user": ""}, {"id": gone["id"]})
    factories.Organization(name="agency-two")
    text = HEADER + (
        "aliya,agency-one,example,author,,\n"
        "nobody,agency-onee,cooking,cook,2027-13-01,soon\n"
        "gone,agency-two,example,supervisor,2099-02-01,2099-01-01\n"
        "aliya,agency-one,example,author,,\n"
        ",,,,,\n"
        "berik,,example,deputy_head,,\n"
    )
    found = [(row["line"], row["column"], row["value"]) for row in faults(place, text)]
    assert found == [
        (3, "user", "nobody"),
        (3, "agency", "agency-onee"),
        (3, "component", "cooking"),
        (3, "role", "cook"),
        (3, "from", "2027-13-01"),
        (3, "until", "soon"),
        (4, "user", "gone"),
        (4, "agency", "agency-two"),
        (4, "role", "supervisor"),
        (4, "until", "2099-01-01"),
        (5, "user", "aliya"),
        (7, "agency", ""),
        (7, "role", "deputy_head"),
    ]
    messages = {(row["line"], row["column"]): row["message"] for row in faults(place, text)}
    assert "agency-one" in messages[3, "agency"]
    assert "line 2" in messages[5, "user"]


def test_an_administrator_of_the_portal_grants_everywhere(place: dict[str, Any]) -> None:
    sysadmin = factories.Sysadmin()["name"]
    assert send(place, HEADER + "aliya,agency-one,example,supervisor,,\n", sysadmin)["granted"] == 1


def test_nobody_else_sends_files(place: dict[str, Any]) -> None:
    for user in (place["people"][0]["name"], ""):
        with pytest.raises(tk.NotAuthorized):
            send(place, HEADER, user)


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        (b"", 1, "empty"),
        (b"\n\n", 1, "empty"),
        (b"a,b\n1,2\n", 1, "missing"),
        (HEADER.encode(), 1, "no rows"),
        (HEADER.encode() + b"\xc0\xeb\xe8\xff,a,b,c,,\n", 2, "UTF-8"),
        (b"\x00\x01" + HEADER.encode(), 1, "not a text file"),
        (HEADER.encode() + b'"aliya,agency-one,example\n', 2, "missing"),
        (HEADER.encode() + b"aliya,agency-one,example,author,,,extra\n", 2, "7 values"),
        (b"user,user," + HEADER.encode() + b"a,b,c,d,e,f,g,h\n", 1, "twice"),
        (HEADER.encode() + b"x" * 6_000_000, 1, "5 MB"),
        (HEADER.encode() + b"x" * 200_000 + b",a,b,c,,\n", 2, "cannot be read"),
        (HEADER.encode() + b"a,b,c,d,,\n" * 10_001, 1, "10001 rows"),
    ],
)
def test_a_file_that_is_none_is_refused(place: dict[str, Any], text: bytes, line: int, part: str) -> None:
    found = faults(place, text)
    if part == "missing" and line == 2:
        assert {row["line"] for row in found} == {2}
        return
    assert (found[0]["line"], part in " ".join(row["message"] for row in found)) == (line, True)


def test_no_file_at_all_is_said(place: dict[str, Any]) -> None:
    with pytest.raises(tk.ValidationError) as caught:
        tk.get_action("officer_import")({"user": place["admin"]["name"]}, {})
    assert "upload" in caught.value.error_dict


def test_a_value_over_several_lines_does_not_shift_the_numbers(place: dict[str, Any]) -> None:
    text = HEADER + '"ali\nya",agency-one,example,author,,\nberik,agency-one,example,cook,,\n'
    assert [(row["line"], row["column"]) for row in faults(place, text)] == [(2, "user"), (4, "role")]


def test_ten_thousand_rows_take_less_than_ten_seconds(place: dict[str, Any]) -> None:
    rows = make_many(users=500, agencies=20)
    text = HEADER + "".join(f"{user},{agency},example,author,,\n" for user, agency in rows)
    sysadmin = factories.Sysadmin()["name"]
    statements: list[str] = []
    engine = model.ensure_engine()
    sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: statements.append(args[2]))
    start = time.monotonic()
    try:
        assert send(place, text, sysadmin) == {"granted": 10_000, "unchanged": 0}
    finally:
        sa.event.remove(engine, "before_cursor_execute", listener)
    assert time.monotonic() - start < 10
    # Inserts go in batches of several hundred; nothing is asked row by row.
    assert len(statements) < 200
    assert journal_check.verify_all().checked == 10_000


def test_ten_thousand_wrong_rows_are_told_in_seconds(place: dict[str, Any]) -> None:
    text = HEADER + "".join(f"user-{number},agency-{number},cooking,cook,x,y\n" for number in range(10_000))
    start = time.monotonic()
    assert len(faults(place, text)) == 60_000
    assert time.monotonic() - start < 10


def make_many(users: int, agencies: int) -> list[tuple[str, str]]:
    people = [{"id": f"user-{number}", "name": f"user-{number}", "state": "active"} for number in range(users)]
    places = [
        {"id": f"agency-{number}", "name": f"agency-{number}", "title": "x", "state": "active", "is_organization": True}
        for number in range(agencies)
    ]
    model.Session.execute(sa.insert(model.User.__table__), people)  # pyright: ignore[reportAttributeAccessIssue]
    model.Session.execute(
        sa.insert(model.Group.__table__),  # pyright: ignore[reportAttributeAccessIssue]
        [place | {"type": "organization", "approval_status": "approved"} for place in places],
    )
    model.Session.commit()
    return [(person["name"], place["name"]) for person in people for place in places]


def test_the_rules_of_a_file_are_read_without_a_database() -> None:
    [row] = officers_csv.read("role,user,agency,component\nauthor, aliya ,one,example\n")
    assert (row.line, row.values["user"], row.values["until"]) == (2, "aliya", "")
