"""Who follows something is told of it: once, in their language, as often as they wish, by letters that arrive."""

from __future__ import annotations

import base64
import datetime as dt
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.common import config
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.notices import Delivery, Notice, Subscription
from ckanext.opengov.civic.model.outbox import OutboxMessage
from ckanext.opengov.civic.service import mail, notices, outbox, persons, subscriptions

from tests.civic.mail_server import MailServer, mail_server

pytestmark = pytest.mark.usefixtures("clean_portal")

ALMATY = ZoneInfo("Asia/Almaty")
SUBJECT = {"kk": "Жауап берілді", "ru": "Дан ответ", "en": "Answered"}
BODY = {"kk": "Орган жауап берді.", "ru": "Орган ответил.", "en": "The agency answered."}
ONE = "appeal:17"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with mail_server(tmp_path) as running:
        monkeypatch.setitem(config, "smtp.server", running.address)
        yield running


def happened(number: int = 17, **fields: Any) -> None:
    values = {"entity_type": "appeal", "entity_id": str(number), "component": "dialog", "url": f"/appeal/{number}"}
    notices.notify("dialog.answered", **{**values, "subject": SUBJECT, "body": BODY, **fields})
    model.Session.commit()


def follow(email: str, value: str = ONE, kind: str = "entity", **fields: Any) -> Subscription:
    """A confirmed subscription without an account."""
    one = Subscription(
        owner=mail.recipient_of(email),
        email=email,
        target_kind=kind,
        target_value=value,
        channel="mail",
        frequency="at_once",
        language="en",
        confirmed_at=utc_now(),
    )
    for name, field in fields.items():
        setattr(one, name, field)
    model.Session.add(one)
    model.Session.commit()
    return one


def account(**fields: Any) -> model.User:
    user = model.User.get(factories.User(**fields)["id"])
    assert user
    persons.confirm_address(user)
    model.Session.commit()
    return user


def text_of(letter: Any, kind: str = "plain") -> str:
    return letter.get_body((kind,)).get_content()


# --- who is told


def test_a_follower_gets_a_letter_with_text_html_and_a_way_out(server: MailServer) -> None:
    follow("a@example.kz")
    happened()
    outbox.drain()
    (letter,) = server.letters()
    assert letter["Subject"] == "Answered"
    assert "The agency answered." in text_of(letter)
    assert f"{config['ckan.site_url']}/en/appeal/17" in text_of(letter)
    assert "<p>The agency answered.</p>" in text_of(letter, "html")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<http\S+/en/notices/unsubscribe/\S+>", letter["List-Unsubscribe"])
    assert letter["Auto-Submitted"] == "auto-generated"
    raw = base64.b64decode(server.rows()[0]["content"])
    assert f"List-Unsubscribe: {letter['List-Unsubscribe']}\r\n".encode() in raw, "not encoded, in one piece"


def test_each_is_written_to_in_their_language(server: MailServer) -> None:
    for code in ("kk", "ru", "en"):
        follow(f"{code}@example.kz", language=code)
    happened()
    outbox.drain()
    subjects = {letter["To"]: letter["Subject"] for letter in server.letters()}
    assert subjects == {f"{code}@example.kz": SUBJECT[code] for code in ("kk", "ru", "en")}


def test_an_entity_an_agency_a_place_and_a_component_can_be_followed(server: MailServer) -> None:
    targets = [
        ("entity", ONE),
        ("agency", "a1"),
        ("place", "751110000"),
        ("place", "750000000"),
        ("component", "dialog"),
    ]
    for number, (kind, value) in enumerate(targets):
        follow(f"{number}@example.kz", value, kind)
    for number, (kind, value) in enumerate([("entity", "appeal:18"), ("agency", "a2"), ("place", "710000000")]):
        follow(f"other{number}@example.kz", value, kind)
    happened(agency_id="a1", place="751110000")
    outbox.drain()
    assert sorted(letter["To"] for letter in server.letters()) == [f"{n}@example.kz" for n in range(5)]


def test_nobody_gets_the_same_thing_twice(server: MailServer) -> None:
    user = account(email="a@example.kz")
    follow("a@example.kz")
    follow("a@example.kz", "a1", "agency")
    follow("A@Example.kz", "dialog", "component", owner="mail:other")
    happened(agency_id="a1", to_users=[user.id], public=True, key="appeal-17-answered")
    happened(agency_id="a1", to_users=[user.id], public=True, key="appeal-17-answered")
    outbox.drain()
    assert len(server.letters()) == 1


def test_what_is_meant_for_named_people_stays_between_them(app: Any, server: MailServer) -> None:
    follow("a@example.kz")
    user = account(email="author@example.kz")
    happened(to_users=[user.id])
    outbox.drain()
    assert [letter["To"] for letter in server.letters()] == ["author@example.kz"]
    assert "Answered" not in app.get("/en/notices/feed.atom").body


def test_a_change_that_was_rolled_back_tells_nobody(server: MailServer) -> None:
    follow("a@example.kz")
    notices.notify(
        "dialog.answered",
        entity_type="appeal",
        entity_id="17",
        component="dialog",
        subject=SUBJECT,
        body=BODY,
        url="/appeal/17",
    )
    model.Session.rollback()
    outbox.drain()
    assert server.letters() == []


def test_an_account_that_is_gone_is_not_written_to(server: MailServer) -> None:
    user = account(email="gone@example.kz")
    follow("gone@example.kz", owner=f"user:{user.id}", user_id=user.id)
    happened()
    user.state = "deleted"
    model.Session.commit()
    outbox.drain()
    assert server.letters() == []


def test_a_letter_never_carries_a_header_of_its_text(server: MailServer) -> None:
    follow("a@example.kz")
    happened(subject={"en": "Answered\r\nBcc: victim@example.kz"})
    outbox.drain()
    (letter,) = server.letters()
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Answered Bcc: victim@example.kz"


def test_html_of_a_text_is_escaped(server: MailServer) -> None:
    follow("a@example.kz")
    happened(body={"en": "<script>alert(1)</script> https://example.kz/?a=1&b=2"})
    outbox.drain()
    html = text_of(server.letters()[0], "html")
    assert "<script>" not in html
    assert '<a href="https://example.kz/?a=1&amp;b=2">' in html


# --- subscribing


def test_an_address_follows_after_its_link_was_opened_and_confirmed(app: Any, server: MailServer) -> None:
    form = {"kind": "component", "value": "civic", "email": "a@example.kz", "frequency": "at_once"}
    assert "Look into your mail" in app.post("/en/notices/subscribe", data=form).body
    outbox.drain()
    path = re.search(r"/en/notices/confirm/\S+", text_of(server.letters()[0]))
    assert path
    app.get(path[0])
    assert model.Session.query(Subscription).one().confirmed_at is None, "programmes open links too"
    assert "You follow it" in app.post(path[0]).body
    model.Session.expire_all()
    assert model.Session.query(Subscription).one().confirmed_at is not None
    app.get(path[0], status=404)


def test_an_unconfirmed_subscription_gets_nothing_and_is_forgotten(server: MailServer) -> None:
    call_action("subscription_create", target_kind="component", target_value="civic", email="a@example.kz")
    outbox.drain()
    happened(component="civic")
    outbox.drain()
    assert len(server.letters()) == 1
    model.Session.query(Subscription).one().token_expires = utc_now() - dt.timedelta(seconds=1)
    model.Session.commit()
    assert subscriptions.forget_unconfirmed() == 1


def test_nobody_learns_whether_an_address_follows_already(server: MailServer) -> None:
    wish = {"target_kind": "component", "target_value": "civic", "email": "a@example.kz"}
    first = call_action("subscription_create", **wish)
    model.Session.query(Subscription).one().confirmed_at = utc_now()
    model.Session.commit()
    assert call_action("subscription_create", **wish) == first == {"state": "link_sent"}
    outbox.drain()
    assert "already" in str(server.letters()[-1]["Subject"]) or "бұрыннан" in str(server.letters()[-1]["Subject"])


def test_an_account_with_a_confirmed_address_follows_at_once_and_sees_its_list(app: Any) -> None:
    user = account()
    context = {"user": user.name, "ignore_auth": False}
    wish = {"target_kind": "place", "target_value": "750000000", "frequency": "daily"}
    assert call_action("subscription_create", dict(context), **wish) == {"state": "following"}
    assert call_action("subscription_create", dict(context), **wish) == {"state": "following"}
    (one,) = call_action("subscription_list", dict(context))
    assert one["target_value"] == "750000000"
    assert one["frequency"] == "daily"
    stranger = account()
    with pytest.raises(tk.NotAuthorized):
        call_action("subscription_delete", {"user": stranger.name, "ignore_auth": False}, id=one["id"])
    assert call_action("subscription_delete", dict(context), id=one["id"]) == {"deleted": 1}


@pytest.mark.parametrize(
    ("kind", "value", "word"),
    [
        ("agency", "no-such-agency", "agency"),
        ("component", "no-such", "component"),
        ("place", "123", "KATO"),
        ("entity", "dataset", "type"),
        ("entity", "dataset:nothing", "nothing"),
        ("search", "creator_user_id=1", "creator_user_id"),
        ("search", "", "Missing"),
        ("weather", "x", "must be one of"),
    ],
)
def test_what_cannot_be_followed_is_refused_with_a_reason(kind: str, value: str, word: str) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        call_action("subscription_create", target_kind=kind, target_value=value, email="a@example.kz")
    assert word in str(refused.value.error_dict)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(tk.ValidationError) as refused:
        call_action(
            "subscription_create", target_kind="component", target_value="civic", email="a@example.kz", language="de"
        )
    assert "language" in refused.value.error_dict


# --- the way out


def way_out(letter: Any) -> str:
    return letter["List-Unsubscribe"].strip("<>").removeprefix(config["ckan.site_url"])


def test_one_click_ends_it_and_a_look_does_not(app: Any, server: MailServer) -> None:
    follow("a@example.kz")
    happened()
    outbox.drain()
    path = way_out(server.letters()[0])
    assert "End these letters?" in app.get(path).body
    assert model.Session.query(Subscription).count() == 1
    assert "You get no more letters" in app.post(path, data={"List-Unsubscribe": "One-Click"}).body
    assert model.Session.query(Subscription).count() == 0
    assert "You get no more letters" in app.get(path).body, "the link works for ever"
    happened(key="later")
    outbox.drain()
    assert len(server.letters()) == 1


def test_one_click_works_while_forgery_is_watched_for(app: Any, server: MailServer, monkeypatch: Any) -> None:
    # The client of the tests keeps its cookies from one test to the next; a mail programme has none.
    app.set_session_user(None)
    monkeypatch.setitem(config, "WTF_CSRF_ENABLED", True)
    follow("a@example.kz")
    happened()
    outbox.drain()
    page = app.post(way_out(server.letters()[0]), data={"List-Unsubscribe": "One-Click"}, status=200).body
    assert "You get no more letters" in page
    assert model.Session.query(Subscription).count() == 0


def test_a_forged_way_out_ends_nothing(app: Any) -> None:
    one = follow("a@example.kz")
    app.post(f"/en/notices/unsubscribe/{one.id}.{'0' * 40}", status=404)
    assert model.Session.query(Subscription).count() == 1


# --- digests


def test_the_morning_is_eight_in_almaty() -> None:
    at_seven = dt.datetime(2026, 11, 25, 7, 59, tzinfo=ALMATY)
    at_eight = dt.datetime(2026, 11, 25, 8, 0, tzinfo=ALMATY)
    assert notices.boundary("daily", at_seven).astimezone(ALMATY) == dt.datetime(2026, 11, 24, 8, tzinfo=ALMATY)
    assert notices.boundary("daily", at_eight).astimezone(ALMATY) == at_eight
    assert notices.boundary("weekly", at_eight).astimezone(ALMATY) == dt.datetime(2026, 11, 23, 8, tzinfo=ALMATY)
    monday_early = dt.datetime(2026, 11, 23, 7, 0, tzinfo=ALMATY)
    assert notices.boundary("weekly", monday_early).astimezone(ALMATY) == dt.datetime(2026, 11, 16, 8, tzinfo=ALMATY)


def test_a_digest_puts_a_day_into_one_letter_once(app: Any, server: MailServer) -> None:
    follow("a@example.kz", "dialog", "component", frequency="daily")
    for number in (1, 2, 3):
        happened(number, subject={"en": f"Answer {number}"})
    outbox.drain()
    assert server.letters() == [], "nothing before the morning"
    assert notices.send_digests(utc_now()) == 0
    tomorrow = utc_now() + dt.timedelta(days=1)
    assert notices.send_digests(tomorrow) == 1
    assert notices.send_digests(tomorrow) == 0
    outbox.drain()
    (letter,) = server.letters()
    assert "News of the day" in letter["Subject"]
    assert [f"Answer {number}" in text_of(letter) for number in (1, 2, 3)] == [True] * 3
    app.post(way_out(letter), data={"List-Unsubscribe": "One-Click"})
    assert model.Session.query(Subscription).count() == 0


def test_a_weekly_digest_waits_for_its_monday(server: MailServer) -> None:
    follow("a@example.kz", frequency="weekly")
    happened()
    outbox.drain()
    monday = notices.boundary("weekly", utc_now()) + dt.timedelta(days=7)
    assert notices.send_digests(monday - dt.timedelta(minutes=1)) == 0
    assert notices.send_digests(monday + dt.timedelta(minutes=1)) == 1


def test_an_official_answer_comes_at_once_whatever_was_wished(server: MailServer) -> None:
    follow("a@example.kz", frequency="weekly")
    happened(urgent=True)
    outbox.drain()
    assert len(server.letters()) == 1
    assert notices.send_digests(utc_now() + dt.timedelta(days=8)) == 0


# --- saved searches


def test_a_new_dataset_that_a_saved_search_finds_is_told_once(server: MailServer) -> None:
    agency = factories.Organization()
    factories.Dataset(owner_org=agency["id"], title="Schools before")
    for value in ("q=schools", "q=schools&organization=" + agency["name"]):
        follow("a@example.kz", value, "search", checked_at=utc_now(), owner=f"mail:{value}")
    found = factories.Dataset(owner_org=agency["id"], title="Schools of the city")
    factories.Dataset(owner_org=agency["id"], title="Hospitals of the city")
    from ckanext.opengov.civic.service import searches

    searches.watch()
    searches.watch()
    outbox.drain()
    (letter,) = server.letters()
    assert found["title"] in letter["Subject"]
    assert f"/dataset/{found['name']}" in text_of(letter)


# --- mail servers


def test_a_letter_is_tried_again_when_the_server_puts_it_off(tmp_path: Path, monkeypatch: Any) -> None:
    with mail_server(tmp_path, refuse=("451 try again later",)) as server:
        monkeypatch.setitem(config, "smtp.server", server.address)
        mail.queue("a@example.kz", "Hello", "Text", "one")
        model.Session.commit()
        outbox.drain()
        assert server.letters() == []
        waiting = model.Session.query(OutboxMessage).filter_by(topic=mail.TOPIC).one()
        assert waiting.done_at is None
        assert waiting.due_at > utc_now()
        waiting.due_at = utc_now()
        model.Session.commit()
        outbox.drain()
        assert len(server.letters()) == 1


def test_a_letter_that_is_refused_for_good_is_not_tried_for_ever(tmp_path: Path, monkeypatch: Any) -> None:
    with mail_server(tmp_path, refuse=("550 no such person",)) as server:
        monkeypatch.setitem(config, "smtp.server", server.address)
        mail.queue("a@example.kz", "Hello", "Text", "one")
        model.Session.commit()
        outbox.drain()
        assert model.Session.query(OutboxMessage).filter_by(topic=mail.TOPIC).one().done_at is not None
        assert model.Session.query(Delivery).one().error == "letter refused, 550"


def test_a_dead_mail_server_loses_nothing(server: MailServer, monkeypatch: Any) -> None:
    monkeypatch.setitem(config, "smtp.server", "127.0.0.1:1")
    mail.queue("a@example.kz", "Hello", "Text", "one")
    model.Session.commit()
    outbox.drain()
    monkeypatch.setitem(config, "smtp.server", server.address)
    model.Session.query(OutboxMessage).update({"due_at": utc_now()})
    model.Session.commit()
    outbox.drain()
    assert len(server.letters()) == 1


def test_the_same_key_is_queued_once_for_an_address() -> None:
    assert mail.queue("a@example.kz", "Hello", "Text", "one")
    assert not mail.queue("A@example.kz ", "Hello", "Text", "one")
    assert mail.queue("b@example.kz", "Hello", "Text", "one")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("certificate")
    paths = folder / "certificate.pem", folder / "key.pem"
    words = f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -out {paths[0]} -keyout {paths[1]}"
    subprocess.run(
        ["openssl", *words.split(), "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True
    )
    return paths


def test_with_starttls_the_servers_certificate_is_checked(tmp_path: Path, monkeypatch: Any, certificate: Any) -> None:
    with mail_server(tmp_path, certificate=certificate[0], key=certificate[1]) as server:
        monkeypatch.setitem(config, "smtp.server", server.address)
        monkeypatch.setitem(config, "smtp.starttls", True)
        mail.queue("a@example.kz", "Hello", "Text", "one")
        model.Session.commit()
        outbox.drain()
        assert server.letters() == [], "nobody vouches for this server"
        monkeypatch.setitem(config, "opengov.mail.ca_file", str(certificate[0]))
        model.Session.query(OutboxMessage).update({"due_at": utc_now()})
        model.Session.commit()
        outbox.drain()
        assert [row["tls"] for row in server.rows()] == [True]


def test_no_address_stands_in_a_log(server: MailServer, caplog: Any, monkeypatch: Any) -> None:
    caplog.set_level("DEBUG", logger="ckanext")
    follow("secret.person@example.kz")
    happened()
    outbox.drain()
    monkeypatch.setitem(config, "smtp.server", "127.0.0.1:1")
    happened(key="second")
    outbox.drain()
    assert "secret.person" not in caplog.text


def test_letters_of_ckan_itself_go_the_same_way(app: Any, server: MailServer) -> None:
    factories.User(name="forgetful", email="forgetful@example.kz")
    app.post("/en/user/reset", data={"user": "forgetful"})
    outbox.drain()
    (letter,) = server.letters()
    assert letter["To"] == "forgetful@example.kz"
    assert "/user/reset/" in text_of(letter)


# --- a worker that dies


def worker(server: MailServer) -> subprocess.Popen[bytes]:
    """The outbox' worker as a process of its own."""
    command = [str(Path(sys.executable).parent / "ckan"), "-c", config["__file__"], "opengov", "outbox"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CKAN_")}
    environment["CKAN_SMTP_SERVER"] = server.address
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def test_a_worker_killed_in_the_middle_of_a_thousand_notices_loses_and_doubles_nothing(tmp_path: Path) -> None:
    model.Session.add_all(
        Subscription(
            owner=mail.recipient_of(f"{number}@example.kz"),
            email=f"{number}@example.kz",
            target_kind="component",
            target_value="dialog",
            channel="mail",
            frequency="at_once",
            language="kk",
            confirmed_at=utc_now(),
        )
        for number in range(100)
    )
    model.Session.commit()
    for number in range(10):
        happened(number)
    stops = sorted(random.sample(range(100, 900), 3))
    with mail_server(tmp_path, pause=0.5, think=stops) as server:
        for _ in stops:
            with worker(server) as running:
                server.wait_until_it_thinks()
                time.sleep(random.uniform(0, 0.4))
                os.killpg(running.pid, signal.SIGKILL)
            assert 99 <= len(server.rows()) < 1000, "it was killed in the middle"
        with worker(server) as running:
            running.wait(120)
        letters = server.letters()
    assert len(letters) == 1000
    assert Counter(letter["Message-ID"] for letter in letters).most_common(1)[0][1] == 1
    pairs = Counter((letter["To"], re.search(r"/appeal/\d+", text_of(letter))[0]) for letter in letters)  # pyright: ignore
    assert len(pairs) == 1000
    assert model.Session.query(Delivery).filter(Delivery.sent_at.is_(None)).count() == 0


def test_a_letter_sent_again_because_nobody_knows_carries_the_same_id(tmp_path: Path) -> None:
    mail.queue("a@example.kz", "Hello", "Text", "one")
    model.Session.commit()
    with mail_server(tmp_path, pause=1, dawdle=True) as server:
        with worker(server) as running:
            server.wait_until_it_thinks()
            os.killpg(running.pid, signal.SIGKILL)
        with worker(server) as running:
            running.wait(60)
        first, second = server.letters()
    assert first["Message-ID"] == second["Message-ID"]


# --- feeds


def test_a_feed_is_valid_atom_of_what_it_is_asked_for(app: Any) -> None:
    from lxml import etree

    happened(17, agency_id="a1", place="751110000")
    happened(18, agency_id="a2", place="710000000", subject={"en": "Other"})
    for query in ("entity=appeal:17", "agency=a1", "place=750000000", ""):
        answer = app.get(f"/en/notices/feed.atom?{query}")
        assert answer.headers["Content-Type"].startswith("application/atom+xml")
        tree = etree.fromstring(answer.body.encode())
        names = {"a": "http://www.w3.org/2005/Atom"}
        assert tree.tag == "{http://www.w3.org/2005/Atom}feed"
        for required in ("a:id", "a:title", "a:updated", "a:author/a:name"):
            assert tree.xpath(required, namespaces=names), required
        titles = tree.xpath("a:entry/a:title/text()", namespaces=names)
        assert titles == (["Other", "Answered"] if not query else ["Answered"])
        for entry in tree.xpath("a:entry", namespaces=names):
            assert entry.xpath("a:id and a:updated and a:link/@href", namespaces=names)
    assert "Дан ответ" in app.get("/ru/notices/feed.atom?entity=appeal:17").body


def test_old_notices_are_forgotten() -> None:
    happened()
    model.Session.query(Notice).update({"created_at": utc_now() - dt.timedelta(days=500)})
    model.Session.commit()
    assert notices.forget_old() == 1
