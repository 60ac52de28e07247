"""The pages of draft acts, without a script: reading, commenting, the officers' desk, files for machines."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ckan.tests import factories as core
from ckanext.opengov import factories
from icalendar import Calendar

from tests.regulation.ground import WHY_NOT, act, citizen, end, officer, opened, publish, say

pytestmark = pytest.mark.usefixtures("clean_portal")


def signed_in(name: str) -> dict[str, str]:
    """Headers of somebody's requests."""
    return {"Authorization": core.APIToken(user=name)["token"]}


def test_a_citizen_reads_an_act_and_comments_on_words_of_a_part(app: Any) -> None:
    shown, person = opened(), citizen()
    number, headers = shown["number"], signed_in(person)
    listed = app.get("/ru/draft-acts?state=discussion").body
    assert "О приёме в школу" in listed
    page = app.get(f"/ru/draft-act/{number}").body
    assert "Заявление рассматривается" in page
    assert 'id="art_2"' in page
    assert "Өтініш үш күнде" in app.get(f"/ru/draft-act/{number}?beside=kk").body
    form = {"eid": "art_2", "kind": "proposal", "quote": "трёх дней", "wording": "", "text": "Мало.", "language": "ru"}
    # What is wrong comes back with what was typed.
    again = app.post(f"/ru/draft-act/{number}/comment", data=form, headers=headers, status=400)
    assert ">трёх дней</textarea>" in again.body
    made = app.post(f"/ru/draft-act/{number}/comment", data={**form, "wording": "десяти дней"}, headers=headers)
    assert "<ins>десяти дней</ins>" in made.body
    comment = re.search(r'id="comment-([0-9a-f-]{36})"', made.body)
    assert comment
    assert app.get(f"/ru/draft-act/{number}/comment/{comment[1]}", status=404)
    publish(comment[1])
    assert "<ins>десяти дней</ins>" in app.get(f"/ru/draft-act/{number}/part/art_2").body
    # A part that is gone: the form comes again at the act as a whole.
    gone = app.post(f"/ru/draft-act/{number}/comment", data={**form, "eid": "art_77"}, headers=headers, status=400)
    assert "art_77" in gone.body
    assert app.get(f"/ru/draft-act/{number}/part/art_77", status=404)


def test_machines_take_the_calendar_the_feed_and_the_whole_discussion(app: Any) -> None:
    shown = opened()
    publish(say(citizen(), shown)["id"])
    events = Calendar.from_ical(app.get("/ru/draft-acts/calendar.ics").body).walk("VEVENT")
    assert [str(one["summary"]) for one in events] == ["Обсуждение: О приёме в школу"]
    assert f"/ru/draft-act/{shown['number']}" in app.get("/ru/draft-acts/feed.atom").body
    answer = app.get(f"/draft-act/{shown['number']}/discussion.json")
    assert answer.headers["Content-Type"] == "application/vnd.api+json"
    assert [one["attributes"]["text"] for one in json.loads(answer.body)["data"]] == ["Трёх дней мало."]
    year, place = shown["number"].split("-")
    moved = app.get(f"/eli/draft/order/{year}/{int(place)}", follow_redirects=False, status=302)
    assert moved.headers["Location"].endswith(f"/draft-act/{shown['number']}")
    assert app.get(f"/eli/draft/law/{year}/{int(place)}", status=404)
    for page in (f"/draft_act/{shown['id']}", f"/draft_act/edit/{shown['number']}"):
        assert "/draft-act/" in app.get(page, follow_redirects=False, status=302).headers["Location"]


def test_an_officer_writes_a_draft_in_pages_and_announces_it(app: Any) -> None:
    agency = factories.Agency()
    headers = signed_in(officer(agency["id"]))
    about = {"owner_org": agency["name"], "kind": "order", "title_kk": "Саябақ туралы", "title_ru": "О парке"}
    assert app.get("/ru/draft-act/desk/new", headers=signed_in(citizen()), status=403)
    desk = app.post("/ru/draft-act/desk/new", data=about, headers=headers).body
    number = re.search(r"\d{4}-\d{6}", desk)
    assert number
    address = f"/ru/draft-act/desk/{number[0]}"
    refused = app.post(f"{address}/step", data={"event": "announce"}, headers=headers, status=400)
    assert "alert-danger" in refused.body
    article = {"kind": "article", "part_number": "1", "text_kk": "Саябақ ашық.", "text_ru": "Парк открыт."}
    app.post(f"{address}/part", data=article, headers=headers)
    changed = {"eid": "art_1", "part_number": "1", "text_kk": "Саябақ ашық.", "text_ru": "Парк открыт всегда."}
    assert "Парк открыт всегда" in app.post(f"{address}/part", data=changed, headers=headers).body
    assert app.get(f"/ru/draft-act/{number[0]}", status=404)
    app.post(f"{address}/step", data={"event": "announce"}, headers=headers)
    assert "Парк открыт всегда" in app.get(f"/ru/draft-act/{number[0]}").body


def test_an_officer_answers_comments_and_publishes_the_report(app: Any) -> None:
    shown = opened()
    first, second = (say(citizen(), shown, words=words)["id"] for words in ("Трёх дней мало!", "Кто отвечает?"))
    publish(first, second)
    end(shown)
    headers, address = signed_in(shown["publisher"]), f"/ru/draft-act/desk/{shown['number']}"
    assert app.get(f"{address}/answers", headers=signed_in(citizen()), status=403)
    waiting = app.get(f"{address}/answers", headers=headers).body
    assert "Трёх дней мало!" in waiting
    wrong = {"comment_id": first, "outcome": "not_accepted", "reason": "Нет.", "language": "ru"}
    again = app.post(f"{address}/answers", data=wrong, headers=headers, status=400)
    assert ">Нет.</textarea>" in again.body
    for comment in (first, second):
        app.post(f"{address}/answers", data={**wrong, "comment_id": comment, "reason": WHY_NOT}, headers=headers)
    app.post(f"{address}/step", data={"event": "publish_report"}, headers=headers)
    assert act("draft_act_show", None, id=shown["id"])["state"] == "report"
    assert WHY_NOT in app.get(f"/ru/draft-act/{shown['number']}/comment/{first}").body
