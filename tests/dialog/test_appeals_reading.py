"""Who reads what: nothing that identifies a person leaves the agency, private appeals are invisible."""

from __future__ import annotations

import json
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckanext.opengov.civic.interfaces import guarded_types
from ckanext.opengov.civic.roles import Role

from tests.dialog.appeals import ANSWER, act, agency, citizen, officer, work, write

pytestmark = pytest.mark.usefixtures("clean_portal")
open_at_once = pytest.mark.ckan_config("opengov.dialog.premoderation", False)
# A number with a right check digit that belongs to nobody.
IIN = "880101300010"
PRIVATE = f"Мой ИИН {IIN}, телефон +7 701 234 56 78. Почему не выплатили пособие?"

SUBJECT = "Отопление в школе"


def search(user: str | None, **data: Any) -> dict[str, Any]:
    return tk.get_action("package_search")(
        {"user": user or "", "auth_user_obj": model.User.get(user) if user else None},  # pyright: ignore
        {"fq": "dataset_type:appeal", **data},
    )


def valid_iin() -> str:
    from ckanext.opengov.civic.identifiers import check_digit

    for number in range(10, 100):
        eleven = f"8801013000{number:02d}"[:11]
        digit = check_digit(eleven)
        if digit is not None:
            return f"{eleven}{digit}"
    raise AssertionError("no number found")


@open_at_once
def test_identifiers_are_nowhere_that_others_look() -> None:
    iin = valid_iin()
    author, to = citizen(fullname="Автор Обращения"), agency()
    text = PRIVATE.replace(IIN, iin)
    filed = write(author, to, text=text, subject=f"Пособие для ИИН {iin}")
    clerk, head = officer(to, Role.AUTHOR), officer(to, Role.HEAD)
    act("appeal_take", clerk, number=filed["number"])
    act("appeal_ask", clerk, number=filed["number"], question=f"Ваш ИИН {iin}?")
    act("appeal_clarify", author, number=filed["number"], text=f"Да, {iin}")
    act("appeal_answer", head, number=filed["number"], text=f"Пособие для {iin} выплатили.")
    work()
    name = filed["number"]
    user_id = model.User.get(author).id
    for reader in (None, citizen(), officer(agency(), Role.HEAD)):
        seen = [
            act("appeal_show", reader, number=name),
            act("appeal_list", reader),
            act("package_show", reader, id=name),
            search(reader),
            search(reader, q=iin),
            act("journal_list", reader, entity_type="appeal", entity_id=filed["id"]),
            act("appeal_similar", reader, text=text),
        ]
        for answer in seen:
            found = json.dumps(answer, ensure_ascii=False, default=str)
            for secret in (iin, "234 56 78", user_id, author, "Автор Обращения"):
                assert secret not in found
    assert search(None, q=iin)["count"] == 0
    assert search(None)["count"] == 1
    assert iin in act("appeal_show", clerk, number=name)["original"]["text"]


@pytest.mark.parametrize("visibility", ["private", "pending"])
def test_a_private_appeal_is_seen_by_its_author_and_its_officers_only(visibility: str) -> None:
    author, to = citizen(), agency()
    filed = write(author, to, subject=SUBJECT, public=visibility == "pending")
    work()
    member = factories.User()["name"]
    sysadmin = factories.Sysadmin()["name"]
    tk.get_action("organization_member_create")({"user": sysadmin}, {"id": to, "username": member, "role": "editor"})
    for reader in (None, citizen(), member, officer(agency(), Role.HEAD)):
        with pytest.raises(tk.ObjectNotFound):
            act("appeal_show", reader, number=filed["number"])
        with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
            act("package_show", reader, id=filed["number"])
        assert act("appeal_list", reader)["appeals"] == []
        assert search(reader, include_private=True)["count"] == 0
        for words in ("", SUBJECT):
            found = act("appeal_search", reader, q=words)
            assert (found["appeals"], found["count"], found["facets"]["topic"]) == ([], 0, {})
    for reader in (author, officer(to, Role.AUTHOR), officer(to, Role.MODERATOR), officer(agency(), Role.SUPERVISOR)):
        assert act("appeal_show", reader, number=filed["number"])["number"] == filed["number"]
        assert act("package_show", reader, id=filed["number"])["name"] == filed["number"]
        assert search(reader, include_private=True)["count"] == 1
    assert [one["number"] for one in act("appeal_list", author, scope="mine")["appeals"]] == [filed["number"]]


def test_a_forwarded_private_appeal_is_the_other_agencys() -> None:
    author, to, other = citizen(), agency(), agency()
    filed = write(author, to, public=False)
    first, second = officer(to, Role.PUBLISHER), officer(other, Role.PUBLISHER)
    act("appeal_forward", first, number=filed["number"], agency=other, reason="Вопрос другого органа.")
    work()
    with pytest.raises(tk.ObjectNotFound):
        act("appeal_show", first, number=filed["number"])
    with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
        act("package_show", first, id=filed["number"])
    assert act("package_show", second, id=filed["number"])["name"] == filed["number"]
    assert act("appeal_list", second, scope="work")["appeals"][0]["number"] == filed["number"]


def test_no_stock_action_writes_an_appeal() -> None:
    filed = write(citizen(), agency())
    assert "appeal" in guarded_types()
    sysadmin = factories.Sysadmin()["name"]
    for name in ("package_patch", "package_delete", "dataset_purge"):
        with pytest.raises(tk.NotAuthorized):
            act(name, sysadmin, id=filed["id"], title="Changed")


@open_at_once
def test_lists_go_on_where_they_ended_and_filter() -> None:
    author, to, other = citizen(), agency(), agency()
    numbers = [write(author, to, subject=f"Тема обращения {one}")["number"] for one in range(5)]
    write(author, other, topic="roads", region="750000000")
    seen, cursor = [], None
    while True:
        page = act("appeal_list", None, agency=to, limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [one["number"] for one in page["appeals"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == numbers[::-1]
    for filters in ({"topic": "roads"}, {"region": "750000000"}, {"agency": other}):
        assert len(act("appeal_list", None, **filters)["appeals"]) == 1
    assert act("appeal_list", None, overdue=True)["appeals"] == []
    for wrong in ({"cursor": "x"}, {"agency": "none"}, {"scope": "all"}):
        with pytest.raises(tk.ValidationError):
            act("appeal_list", None, **wrong)


@open_at_once
def test_facets_of_the_search_count_states_topics_and_kinds() -> None:
    author, to = citizen(), agency()
    write(author, to)
    write(author, to, subject="Другая тема обращения", topic="roads", kind="opinion")
    work()
    found = search(None, **{"facet.field": ["topic", "kind", "appeal_state", "region"]})
    assert found["facets"]["topic"] == {"utilities": 1, "roads": 1}
    assert found["facets"]["kind"] == {"complaint": 1, "opinion": 1}
    assert found["facets"]["appeal_state"] == {"registered": 2}


@open_at_once
def test_words_are_found_in_their_language() -> None:
    to = agency()
    write(citizen(), to, language="kk", subject="Балабақшаларда орын жоқ", text="Ауылдағы балабақшаларда орын жоқ.")
    work()
    assert search(None, q="балабақша")["count"] == 1
    assert search(None, q="мектеп")["count"] == 0


@open_at_once
def test_similar_answered_appeals_and_standing_answers_are_found_while_typing() -> None:
    author, to = citizen(), agency()
    head = officer(to, Role.HEAD, Role.AUTHOR)
    numbers = []
    for place in ("Абая", "Сатпаева"):
        filed = write(
            author, to, subject=f"Нет освещения на улице {place}", text=f"На улице {place} нет освещения вечером."
        )
        act("appeal_take", head, number=filed["number"])
        act("appeal_answer", head, number=filed["number"], text=f"{ANSWER} Это улица {place}, вечером освещение будет.")
        numbers.append(filed["number"])
    write(author, to, subject="Нет освещения вечером", text="Нет освещения вечером, без ответа.")
    work()
    found = act("appeal_similar", None, text="вечером нет освещения на нашей улице")
    assert {one["number"] for one in found["appeals"]} == set(numbers)
    assert found["standing_answers"] == []
    made = act(
        "standing_answer_create",
        head,
        agency=to,
        topic="utilities",
        question={"ru": "Куда сообщить, что нет освещения на улице?"},
        answer={"ru": "Позвоните в единый контакт-центр."},
    )
    with pytest.raises(tk.ValidationError, match="Somebody else"):
        act("standing_answer_update", head, id=made["id"], state="reviewed")
    second = officer(to, Role.PUBLISHER)
    assert act("standing_answer_update", second, id=made["id"], state="reviewed")["state"] == "reviewed"
    found = act("appeal_similar", None, text="вечером нет освещения на нашей улице")
    assert [one["id"] for one in found["standing_answers"]] == [made["id"]]
    assert act("standing_answer_list", None)["standing_answers"][0]["id"] == made["id"]
    changed = act("standing_answer_update", second, id=made["id"], answer={"ru": "Позвоните по номеру 109."})
    assert changed["state"] == "draft"
    with pytest.raises(tk.NotAuthorized):
        act("standing_answer_list", None, state="draft", agency=to)
    with pytest.raises(tk.NotAuthorized):
        act("standing_answer_create", citizen(), agency=to, question={"ru": "Что?"}, answer={"ru": "То."})


def test_everything_that_a_person_wrote_is_in_their_own_list() -> None:
    author = citizen()
    filed = write(author, agency())
    from ckanext.opengov.civic.service import my_items

    items, _ = my_items.page(model.User.get(author).id, None, 10)
    assert [one["url"] for one in items] == [f"/appeal/{filed['number']}"]
    assert items[0]["public"] is False
