"""The pages of appeals for citizens, without a script: finding, writing, the receipt, following, the author's steps."""

from __future__ import annotations

import io
import re
from typing import Any

import ckan.plugins.toolkit as tk
import lxml.html
import pytest
from ckan.tests import factories
from ckanext.opengov.civic.roles import Role

from tests.dialog.appeals import ANSWER, TEXT, act, agency, citizen, officer, work, write

pytestmark = [pytest.mark.usefixtures("clean_portal"), pytest.mark.ckan_config("opengov.dialog.premoderation", False)]

SCRIPT = '"><script>alert(1)</script>'
# With a right check digit; nobody has it.
IIN = "880101300010"


def signed_in(name: str) -> dict[str, str]:
    """Headers of somebody's requests."""
    return {"Authorization": factories.APIToken(user=name)["token"]}


def words(answer: Any) -> str:
    """What a reader sees of a page's main part."""
    page = lxml.html.fromstring(answer.get_data(as_text=True))
    return " ".join(page.xpath("//*[@role='main']")[0].text_content().split())


def form(to: str, **other: str) -> dict[str, Any]:
    """What the form of a new appeal sends."""
    values = {"agency": to, "kind": "complaint", "topic": "roads", "region": "710000000", "language": "ru"}
    return {**values, "subject": "Нет уличного освещения", "text": TEXT, "public": "true", **other}


def answered(to: str, author: str, answer: str = ANSWER, **other: Any) -> str:
    """The number of an answered appeal."""
    number = write(author, to, **other)["number"]
    head = officer(to, Role.HEAD)
    act("appeal_take", head, number=number)
    act("appeal_answer", head, number=number, text=answer, links=[{"title": "Данные", "url": "/dataset/light"}])
    return number


# --- the list


def test_the_list_is_ours_and_finds_words_numbers_and_facets(app: Any) -> None:
    author, to, other = citizen(), agency(title="Акимат города"), agency()
    lamps = answered(to, author)
    holes = write(author, other, subject="Ямы на дороге", topic="roads", text="На дороге к школе глубокие ямы.")[
        "number"
    ]
    work()
    page = app.get("/ru/appeal/")
    assert "og-appeals__list" in page.text
    assert page.text.index(holes) < page.text.index(lamps)
    assert "2 обращения" in words(page)
    assert re.search(r'value="roads"[^>]*>[^<]*\(1\)', page.text)
    for query, found, lost in (
        ("q=освещение", lamps, holes),
        ("q=светильников", lamps, holes),
        ("topic=roads", holes, lamps),
        ("state=answered", lamps, holes),
        ("kind=complaint&q=ямы", holes, lamps),
    ):
        text = app.get(f"/ru/appeal/?{query}").text
        assert found in text, query
        assert lost not in text, query
    assert "Ничего не подходит" in words(app.get("/ru/appeal/?q=освещение&topic=health"))
    assert app.get(f"/ru/appeal/?q={lamps}", follow_redirects=False).headers["Location"].endswith(f"/ru/appeal/{lamps}")
    for stock in ("groups", "delete", "edit"):
        assert app.get(f"/ru/appeal/{stock}/{lamps}", follow_redirects=False).headers["Location"].endswith(lamps)
    assert app.get("/appeal/?overdue=true").status_code == 200
    for wrong in ("agency=none", "q=освещение&cursor=x", "cursor=x"):
        app.get(f"/ru/appeal/?{wrong}", status=400)
    strange = app.get(f"/ru/appeal/?q={SCRIPT} owner_org:* OR (&topic={SCRIPT}\\")
    assert SCRIPT not in strange.text


def test_a_long_list_goes_on_where_it_ended(app: Any) -> None:
    author, to = citizen(), agency()
    numbers = [write(author, to, subject=f"Тема обращения {one}")["number"] for one in range(22)]
    work()
    for query in ("", "?q=освещение"):
        page = app.get(f"/ru/appeal/{query}")
        following = lxml.html.fromstring(page.text).xpath("//a[@rel='next']/@href")[0]
        rest = app.get(following).text
        assert sorted(one for one in numbers if one in page.text + rest) == numbers
        assert sum(one in page.text and one in rest for one in numbers) == 0
        assert 'rel="next"' not in rest


def test_pages_for_visitors_may_be_kept_and_the_first_one_has_doors_and_answers(app: Any) -> None:
    number = answered(agency(), citizen())
    for path in ("/dialog", "/appeal/", "/appeal/new", f"/appeal/{number}"):
        for language in ("", "/ru", "/en"):
            answer = app.get(f"{language}{path}")
            assert "Set-Cookie" not in answer.headers, path
            assert answer.headers["Cache-Control"].startswith("public"), path
            assert "_csrf_token" not in answer.text, path
    assert "Set-Cookie" not in app.get("/appeal/track").headers
    page = app.get("/ru/dialog")
    assert number in page.text
    for path in ("/ru/appeal/new", "/ru/conference/", "/ru/poll/", "/ru/dialog/statistics", "/ru/coverage"):
        assert f'href="{path}"' in page.text, path
    assert f'href="{tk.url_for("opengov_dialog.index", locale="ru")}"' in app.get("/ru/").text


# --- writing


def test_a_citizen_writes_and_gets_the_receipt_once(app: Any) -> None:
    headers, to = signed_in(citizen()), agency()
    assert "data-opengov-draft" in app.get("/ru/appeal/new", headers=headers).text
    act_as = {"headers": headers}
    file = (io.BytesIO(f"Мой ИИН {IIN}".encode()), "письмо.txt")
    sent = app.post("/ru/appeal/new", data={**form(to), "attachments": file}, **act_as)
    assert "no-store" in sent.headers["Cache-Control"]
    number, secret = re.findall(r"<code id=\"og-(?:number|secret)\">([^<]+)<", sent.text)
    assert "day" not in words(sent)
    assert "день 15" in words(sent)
    again = app.post("/ru/appeal/new", data=form(to), **act_as)
    assert number in again.text
    assert secret not in again.text
    page = app.get(f"/ru/appeal/{number}", **act_as)
    assert "письмо.txt" in page.text
    assert number in app.get("/ru/my", **act_as).text
    address = re.search(rf"/ru/appeal/{number}/file/[0-9a-f-]+", page.text)
    assert address
    assert IIN in app.get(address[0], **act_as).get_data(as_text=True)
    public = app.get(address[0])
    assert IIN not in public.get_data(as_text=True)
    assert public.headers["Content-Security-Policy"].startswith("sandbox")


# What is typed into one field, and what of the answer tells that it is wrong.
WRONG = [
    ("text", "", "Напишите"),
    ("text", "ы", "не менее 10"),
    ("text", "ы" * 30_000, "не более 20000"),
    ("text", "ы" * 1_000_000, "20"),
    ("subject", "", "Напишите"),
    ("subject", "а" * 301, "300"),
    ("agency", "", "Выберите"),
    ("agency", "nobody", "Выберите"),
    ("kind", "", "Выберите"),
    ("kind", "bribe", "complaint"),
    ("topic", "none", "roads"),
    ("region", "none", "710000000"),
    ("language", "xx", "kk"),
    ("public", "maybe", "да"),
    ("author_name", "и" * 101, "100"),
]


def test_what_is_wrong_stands_beside_its_field_and_on_top(app: Any) -> None:
    headers, to = signed_in(citizen()), agency()
    for field, value, sentence in WRONG:
        answer = app.post("/ru/appeal/new", data=form(to, **{field: value}), headers=headers)
        assert answer.status_code in {400, 413}, field
        page = lxml.html.fromstring(answer.text)
        on_top = page.xpath(f"//*[@id='og-summary']//a[@href='#field-{field}']")
        beside = page.xpath(f"//*[@id='error-{field}']")
        assert on_top, field
        assert sentence in beside[0].text_content(), field
        assert page.xpath(f"//*[@id='field-{field}']"), field
        if field != "text":
            assert TEXT in page.xpath("//textarea[@name='text']")[0].text
    assert act("appeal_list", None)["appeals"] == []


def test_scripts_in_every_field_are_shown_as_text(app: Any) -> None:
    author, to = citizen(), agency(title=f"Орган {SCRIPT}")
    headers = signed_in(author)
    for name in form(to):
        data = form(to, **{name: SCRIPT, "author_name": SCRIPT})
        assert SCRIPT not in app.post("/ru/appeal/new", data=data, headers=headers).text, name
        assert SCRIPT not in app.post("/ru/appeal/new", data={**data, "check": "1"}, headers=headers).text, name
        assert SCRIPT not in app.get(f"/ru/appeal/new?{name}={SCRIPT}").text, name
    assert SCRIPT not in app.post("/ru/appeal/track", data={"number": SCRIPT, "secret": SCRIPT}).text
    other = {"subject": f"Тема {SCRIPT}", "text": f"Текст {SCRIPT}", "author_name": SCRIPT}
    number = write(author, to, **other)["number"]
    head = officer(to, Role.HEAD)
    act("appeal_take", head, number=number)
    act("appeal_ask", head, number=number, question=f"Вопрос {SCRIPT}")
    work()
    wrong = app.post(f"/ru/appeal/{number}/clarify", data={"text": SCRIPT * 2000}, headers=headers, status=400)
    act("appeal_clarify", author, number=number, text=f"Ответ {SCRIPT}")
    links = [{"title": SCRIPT, "url": "/dataset/x"}]
    act("appeal_answer", head, number=number, text=f"Ответ {SCRIPT}", links=links, signer_name=SCRIPT)
    work()
    for answer in (
        wrong,
        app.get(f"/ru/appeal/{number}"),
        app.get(f"/ru/appeal/{number}", headers=headers),
        app.get("/ru/appeal/"),
        app.get("/ru/dialog"),
        app.post("/ru/appeal/similar", data={"text": f"Текст {SCRIPT} Ответ Тема"}),
    ):
        assert SCRIPT not in answer.text


def test_who_may_not_write_yet_is_shown_the_way(app: Any, ckan_config: Any, monkeypatch: Any) -> None:
    to = agency()
    page = app.get("/ru/appeal/new")
    assert re.search(r"/ru/user/login\?next=(/|%2F)ru(/|%2F)appeal(/|%2F)new", page.text)
    assert 'type="submit">Отправить обращение' not in page.text
    assert "og-summary" in app.post("/ru/appeal/new", data=form(to), status=403).text
    ways = {"email": (factories.User()["name"], "/user/confirm-address"), "verified": (citizen(), "/user/levels")}
    for level, (name, way) in ways.items():
        monkeypatch.setitem(ckan_config, "opengov.dialog.level", level)
        page = app.get("/ru/appeal/new", headers=signed_in(name))
        assert way in page.text
        assert 'type="submit">Отправить обращение' not in page.text
        refused = app.post("/ru/appeal/new", data=form(to), headers=signed_in(name), status=403)
        assert TEXT in refused.text


@pytest.mark.ckan_config("opengov.dialog.anonymous_kinds", "information")
def test_visitors_write_where_the_portal_lets_them_and_follow_by_the_secret(app: Any) -> None:
    to = agency()
    page = app.get("/ru/appeal/new")
    assert 'value="information"' in page.text
    assert 'value="complaint"' not in page.text
    data = form(to, kind="information", public="false", email="visitor@example.com")
    sent = app.post("/ru/appeal/new", data=data)
    number, secret = re.findall(r"<code id=\"og-(?:number|secret)\">([^<]+)<", sent.text)
    head = officer(to, Role.HEAD)
    act("appeal_take", head, number=number)
    act("appeal_answer", head, number=number, text=ANSWER)
    tracked = app.post("/ru/appeal/track", data={"number": number, "secret": secret.lower().replace("-", "")})
    assert "no-store" in tracked.headers["Cache-Control"]
    assert ANSWER in words(tracked)
    rated = app.post(
        f"/ru/appeal/{number}/rate", data={"secret": secret, "speed": "2", "solved": "false", "completeness": "1"}
    )
    assert f"/ru/appeal/{number}/reopen" in rated.text
    opened = app.post(f"/ru/appeal/{number}/reopen", data={"secret": secret, "reason": "Срок ремонта не назван."})
    assert "В работе" in words(opened)
    app.post(f"/ru/appeal/{number}/withdraw", data={"secret": "AAAA-AAAA-AAAA-AAAA"}, status=404)


def test_a_wrong_secret_is_refused_in_words(app: Any) -> None:
    number = write(citizen(), agency(), public=False)["number"]
    for given, status, sentence in (
        ({"number": number, "secret": "AAAA-BBBB-CCCC-DDDD"}, 404, "не подходят"),
        ({"number": f"{number[:-1]}x", "secret": "AAAA"}, 400, "ошибка"),
        ({"number": "", "secret": ""}, 400, ""),
    ):
        refused = app.post("/ru/appeal/track", data=given, status=status)
        page = lxml.html.fromstring(refused.text)
        assert sentence in page.xpath("//*[@id='og-summary']")[0].text_content()
    assert f'value="{number}"' in app.get(f"/ru/appeal/track?number={number}").text


@pytest.mark.ckan_config("opengov.limits.enabled", True)
@pytest.mark.ckan_config("opengov.limits.appeal", "1/hour")
@pytest.mark.ckan_config("opengov.limits.appeal_track", "1/hour")
@pytest.mark.ckan_config("opengov.limits.address_factor", 1)
def test_too_many_are_told_when_to_come_back_and_keep_their_text(app: Any) -> None:
    headers, to = signed_in(citizen()), agency()
    app.post("/ru/appeal/new", data=form(to), headers=headers)
    second = app.post("/ru/appeal/new", data=form(to, subject="Другая тема обращения"), headers=headers, status=429)
    assert "Слишком часто" in words(second)
    assert "Другая тема обращения" in second.text
    assert int(second.headers["Retry-After"]) > 60
    given = {"number": "2026-000123-2", "secret": "AAAA"}
    app.post("/ru/appeal/track", data=given)
    assert "Слишком часто" in words(app.post("/ru/appeal/track", data=given, status=429))


# --- what was answered already


def test_answers_to_the_like_are_shown_with_the_competent_agency(app: Any) -> None:
    author, to = citizen(), agency(name="lamps", title="Акимат")
    number = answered(to, author)
    other = "Фонари на нашей улице не светят, уличного освещения нет уже неделю."
    answered(to, author, "Уличное освещение на вашей улице починят в пятницу.", subject="Фонари не горят", text=other)
    clerk, head = officer(to, Role.AUTHOR), officer(to, Role.HEAD)
    question, answer = {"ru": "Когда чинят уличное освещение?"}, {"ru": "Фонари чинят за три дня."}
    made = act("standing_answer_create", clerk, agency=to, question=question, answer=answer)
    act("standing_answer_update", head, id=made["id"], state="reviewed")
    work()
    data = {"subject": "Не работает уличное освещение", "text": "Фонари на улице не горят третью неделю."}
    part = app.post("/ru/appeal/similar", data=data)
    assert "<html" not in part.text
    page = app.post("/ru/appeal/new", data={**data, "check": "1"})
    for text in (part.text, page.text):
        assert number in text
        assert "Фонари чинят за три дня." in text
        assert 'data-opengov-choose="lamps"' in text
    assert data["text"] in page.text
    assert act("appeal_similar", None, text=data["text"])["agencies"][0]["name"] == "lamps"
    assert number not in app.post("/ru/appeal/similar", data={"text": "мало"}).text


# --- one appeal


def test_a_public_appeal_hides_what_its_author_and_officers_see(app: Any) -> None:
    author, to = citizen(fullname="Автор Обращения"), agency()
    number = write(author, to, text=f"{TEXT} Мой ИИН {IIN}.")["number"]
    act("appeal_take", officer(to, Role.AUTHOR), number=number)
    public = app.get(f"/ru/appeal/{number}")
    assert IIN not in public.text
    assert author not in public.text
    assert "Автор Обращения" not in public.text
    assert "/withdraw" not in public.text
    assert re.search(f"value=appeal(:|%3A){act('appeal_show', None, number=number)['id']}", public.text)
    assert IIN in app.get(f"/ru/appeal/{number}", headers=signed_in(author)).text
    assert (
        f"/ru/appeal/desk/{number}" in app.get(f"/ru/appeal/{number}", headers=signed_in(officer(to, Role.AUTHOR))).text
    )


def test_a_private_appeal_and_one_that_is_not_there_look_the_same(app: Any) -> None:
    author, to = citizen(), agency()
    headers = signed_in(author)
    file = (io.BytesIO(b"private letter"), "letter.txt")
    sent = app.post("/ru/appeal/new", data={**form(to, public="false"), "attachments": file}, headers=headers)
    number = re.findall(r"<code id=\"og-number\">([^<]+)<", sent.text)[0]
    work()
    own = app.get(f"/ru/appeal/{number}", headers=headers)
    assert "no-cache" in own.headers["Cache-Control"]
    address = re.search(rf"/ru/appeal/{number}/file/[0-9a-f-]+", own.text)
    assert address
    for reader in ({}, signed_in(citizen()), signed_in(officer(agency(), Role.HEAD))):
        hidden = app.get(f"/ru/appeal/{number}", headers=reader, status=404)
        missing = app.get("/ru/appeal/2026-000000-0", headers=reader, status=404)
        assert words(hidden) == words(missing)
        assert TEXT not in hidden.text
        app.get(address[0], headers=reader, status=404)
        assert number not in app.get("/ru/appeal/", headers=reader).text
        assert app.post(f"/ru/appeal/{number}/withdraw", headers=reader).status_code == 404
    assert "Отозвано" in words(app.post(f"/ru/appeal/{number}/withdraw", headers=headers))


def test_the_author_clarifies_rates_reopens_and_closes_by_forms(app: Any) -> None:
    author, to = citizen(), agency()
    headers, head = signed_in(author), officer(to, Role.HEAD)
    number = write(author, to)["number"]

    def step(name: str, status: int = 200, **data: str) -> str:
        return words(app.post(f"/ru/appeal/{number}/{name}", data=data, headers=headers, status=status))

    act("appeal_take", head, number=number)
    act("appeal_ask", head, number=number, question="Какой номер дома?")
    assert "Какой номер дома?" in words(app.get(f"/ru/appeal/{number}", headers=headers))
    step("clarify", 400, text="")
    assert "срок" in step("clarify", text="Дом 5.").lower()
    act("appeal_answer", head, number=number, text=ANSWER)
    assert "да или нет" in step("rate", 400, speed="3")
    step("rate", 400, solved="false")
    step("reopen", 400, reason="Сначала надо оценить ответ.")
    assert "Открыть обращение снова" in step("rate", solved="false", speed="2", comment="Не помогло")
    step("reopen", 400, reason="мало")
    assert "В работе" in step("reopen", reason="Срок ремонта не назван.")
    act("appeal_answer", head, number=number, text="Светильники починят завтра вечером.")
    step("rate", solved="true", speed="5", completeness="5")
    assert "Закрыто" in step("close")
    page = words(app.get(f"/ru/appeal/{number}"))
    assert "Открыто снова: Срок ремонта не назван." in page
    assert "Ответ 2" in page
    app.post(f"/ru/appeal/{number}/close", headers=signed_in(citizen()), status=403)


def test_every_state_has_its_page(app: Any) -> None:
    author, to, other = citizen(), agency(), agency()
    head, publisher = officer(to, Role.HEAD, Role.MODERATOR), officer(to, Role.PUBLISHER)
    numbers = [write(author, to, subject=f"Обращение номер {one}")["number"] for one in range(7)]
    for number in numbers[1:]:
        act("appeal_take", head, number=number)
    act("appeal_ask", head, number=numbers[1], question="Какой дом?")
    act("appeal_answer", head, number=numbers[2], text=ANSWER)
    act("appeal_withdraw", author, number=numbers[3])
    act("appeal_not_consider", head, number=numbers[4], legal_reason="no_specific_facts")
    act("appeal_forward", publisher, number=numbers[5], agency=other, reason="Вопрос другого органа.")
    act("appeal_moderate", head, number=numbers[6], decision="hide", reason="В тексте есть оскорбления.")
    own, office = signed_in(author), signed_in(head)
    for language in ("", "/ru", "/en"):
        for number in numbers:
            assert number in app.get(f"{language}/appeal/{number}", headers=own).text
        for number in set(numbers) - {numbers[5]}:
            assert f"/appeal/desk/{number}" in app.get(f"{language}/appeal/{number}", headers=office).text
        app.get(f"{language}/appeal/{numbers[6]}", status=404)
    # What an answer could not give may be asked for as data.
    asked = app.get(f"/ru/appeal/{numbers[2]}").text
    assert "/ru/request/new?" in asked
    assert "/request/new?" not in app.get(f"/ru/appeal/{numbers[1]}").text
    assert "нет конкретных обстоятельств" in words(app.get(f"/ru/appeal/{numbers[4]}"))
    assert "В тексте есть оскорбления." in words(app.get(f"/ru/appeal/{numbers[6]}", headers=own))
