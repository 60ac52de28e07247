"""Texts of acts: read from files, compared, linked to the comments that they answer, reported, given as files."""

from __future__ import annotations

import base64
import csv
import io
import json
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests.factories import Sysadmin
from ckanext.opengov import factories
from ckanext.opengov.civic.model.notices import Notice
from ckanext.opengov.civic.service import outbox
from ckanext.opengov.regulation.model.texts import ChangeAnswer, TextReading
from ckanext.opengov.regulation.service.document.reading import read
from lxml import etree

from tests.regulation import ground
from tests.regulation.samples import KK, RU, act_in_word
from tests.regulation.test_document_writing import SCHEMA

pytestmark = pytest.mark.usefixtures("clean_portal")


def given(content: str | bytes, name: str = "заң.docx") -> dict[str, str]:
    raw = content.encode() if isinstance(content, str) else content
    return {"name": name, "content": base64.b64encode(raw).decode()}


def sign_in(name: str) -> dict[str, str]:
    """What a signed-in person's browser sends, as an API token would."""
    token = tk.get_action("api_token_create")({"ignore_auth": True}, {"user": name, "name": "t"})["token"]
    return {"Authorization": token}


def test_a_file_is_read_first_then_taken_over_and_goes_out_in_every_format(app: Any) -> None:
    agency = factories.Agency()["id"]
    author = ground.officer(agency)
    made = ground.draft(author, agency)
    for stranger in (None, ground.citizen()):
        with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
            ground.act("draft_act_import", stranger, id=made["id"], language="ru", file=given(RU))

    rehearsed = ground.act("draft_act_import", author, id=made["id"], language="ru", file=given(act_in_word()))
    assert rehearsed["saved"] is False
    assert rehearsed["counts"]["article"] == 2
    codes = {one["code"]: one for one in rehearsed["doubts"]}
    assert {"tracked_changes", "table", "footnote", "number_repeated", "number_gap"} <= set(codes)
    assert "expected" in codes["number_gap"]["right"]
    assert rehearsed["other_language"] == "kk"
    assert "art_2" in rehearsed["only_there"]
    before = ground.act("draft_act_part_list", author, id=made["id"], language="ru")["parts"]
    assert [one["eid"] for one in before] == ["art_1", "art_2", "art_3"]

    # Another file takes the place of the first reading.
    again = ground.act("draft_act_import", author, id=made["id"], language="ru", file=given(RU))
    with pytest.raises(tk.ValidationError) as gone:
        ground.act("draft_act_import", author, id=made["id"], reading=rehearsed["reading"])
    assert "reading" in gone.value.error_dict
    assert ground.act("draft_act_import", author, id=made["id"], reading=again["reading"])["saved"] is True
    assert model.Session.query(TextReading).count() == 0
    ground.act("draft_act_import", author, id=made["id"], language="kk", file=given(KK), save=True)
    parts = {
        language: [
            one["eid"] for one in ground.act("draft_act_part_list", author, id=made["id"], language=language)["parts"]
        ]
        for language in ("kk", "ru")
    }
    assert "sec_1__chp_1__art_1__subpara_1__point_a" in parts["ru"]
    assert "sec_1__chp_1__art_2__para_2" in parts["kk"]

    for form, language in (("akn", "ru"), ("html", "kk"), ("docx", "ru"), ("pdf", "kk")):
        file = ground.act("draft_act_export", author, id=made["id"], format=form, language=language)
        content = base64.b64decode(file["content"])
        assert file["name"].startswith(f"{made['number']}-v1-{language}.")
        if form == "akn":
            assert SCHEMA.validate(etree.fromstring(content)), SCHEMA.error_log
        if form != "pdf":
            assert [part["eid"] for part in _flat(read(content, language).document.parts)] == parts[language]
    assert app.get(f"/draft-act/{made['number']}/text.xml", status=404)

    for content in (b"\x89PNG....", b""):
        with pytest.raises(tk.ValidationError) as refused:
            ground.act("draft_act_import", author, id=made["id"], language="ru", file=given(content))
        assert "file" in refused.value.error_dict
    ground.act("draft_act_transition", author, id=made["id"], event="announce")
    with pytest.raises(tk.ValidationError):
        ground.act("draft_act_import", author, id=made["id"], language="ru", file=given(RU))


def _flat(parts: Any) -> list[dict[str, str]]:
    return [found for part in parts for found in ({"eid": part.eid}, *_flat(part.children))]


def reported() -> dict[str, Any]:
    """An act whose report is published, with two comments: one accepted, one not."""
    shown = ground.opened()
    writer = ground.citizen()
    kept = ground.say(writer, shown, "art_2", quote="трёх дней", kind="proposal", wording="пяти дней")
    other = ground.say(writer, shown, "art_1", "=Почему только школы?")
    ground.publish(kept["id"], other["id"])
    ground.end(shown)
    ground.answer(shown, kept["id"])
    ground.answer(shown, other["id"], "not_accepted", ground.WHY_NOT)
    ground.step(shown, "publish_report")
    return shown | {"kept": kept["id"], "other": other["id"], "writer": writer}


def next_version(shown: dict[str, Any], *articles: Any) -> None:
    ground.act("draft_act_version_create", shown["publisher"], id=shown["id"], parts=ground.text(*articles))


def test_versions_are_compared_and_changes_answer_comments(app: Any) -> None:
    shown = reported()
    one_version = {"id": shown["id"]}
    with pytest.raises(tk.ValidationError):
        ground.act("draft_act_diff", None, **one_version)
    changed = ground.article(2, "Өтініш бес күнде қаралады.", "Заявление рассматривается в течение пяти дней.")
    next_version(shown, ground.ARTICLES[0], changed)
    # Not public yet: the public does not compare with it, and is not told.
    with pytest.raises(tk.ObjectNotFound):
        ground.act("draft_act_diff", shown["writer"], id=shown["id"], after=2)
    link = {"id": shown["id"], "version": 2, "eid": "art_2", "comment_id": shown["kept"]}
    with pytest.raises(tk.NotAuthorized):
        ground.act("draft_act_change_link", shown["writer"], **link)
    for wrong in ({"eid": "art_1"}, {"comment_id": shown["id"]}):
        with pytest.raises(tk.ValidationError):
            ground.act("draft_act_change_link", shown["publisher"], **{**link, **wrong})
    for _ in range(2):
        linked = ground.act("draft_act_change_link", shown["publisher"], **link)
        assert linked["answers"] == [shown["kept"]]
    outbox.drain()
    assert model.Session.query(ChangeAnswer).one().told_at is None
    ground.step(shown, "publish_version")
    for _ in range(2):
        outbox.drain()
    told = sa.select(sa.func.count()).select_from(Notice).where(Notice.event == "draft_act.linked")
    assert model.Session.scalar(told) == 1

    diff = ground.act("draft_act_diff", None, id=shown["id"], language="ru")
    assert (diff["before"], diff["after"]) == (1, 2)
    assert diff["counts"] == {"same": 1, "changed": 1, "moved": 0, "deleted": 1, "new": 0}
    rows = {row["eid"]: row for row in diff["rows"]}
    assert [one for one in rows["art_2"]["text"] if one["change"] != "same"] == [
        {"change": "deleted", "text": "трёх"},
        {"change": "inserted", "text": "пяти"},
    ]
    assert rows["art_2"]["answers"] == [shown["kept"]]
    assert rows["art_3"]["status"] == "deleted"
    comment = ground.act("draft_act_comment_show", None, id=shown["id"], comment_id=shown["kept"])
    assert comment["changes"] == [{"version": 2, "eid": "art_2"}]
    assert comment["remark"]["mark"] == "changed"
    assert comment["unkept"] is False

    number = shown["number"]
    page = app.get(f"/ru/draft-act/{number}/compare?language=ru")
    assert "<del>" in page.body
    assert "пяти" in page.body
    assert f"/comment/{shown['kept']}" in page.body
    whole = app.get(f"/draft-act/{number}/compare?language=kk&whole=1")
    assert "мектептерге" in whole.body
    for ending, start in (("docx", b"PK"), ("pdf", b"%PDF")):
        assert app.get(f"/draft-act/{number}/compare.{ending}").data.startswith(start)
    assert "compare" in app.get(f"/ru/draft-act/{number}").body
    assert "compare" in app.get(f"/ru/draft-act/{number}/comment/{shown['kept']}").body
    linked = ground.act("draft_act_change_link", shown["publisher"], **link, remove=True)
    assert linked["answers"] == []

    # Adopted with its text: the last draft stands beside the act in force.
    adopted = {"url": "https://example.org/act", "parts": ground.text(ground.ARTICLES[0])}
    ground.step(shown, "agree", reason=ground.REASON)
    ground.step(shown, "adopt", **adopted)
    diff = ground.act("draft_act_diff", None, id=shown["id"])
    assert (diff["before"], diff["after"], diff["counts"]["deleted"]) == (2, 3, 1)


def test_the_report_says_the_same_on_the_page_and_in_every_file(app: Any) -> None:
    shown = reported()
    # The next version leaves the accepted place as it is.
    next_version(shown, ground.ARTICLES[0], ground.ARTICLES[1])
    ground.step(shown, "publish_version")
    report = ground.act("draft_act_report", None, id=shown["id"], language="ru")
    assert report["is_final"] is True
    figures = report["figures"]
    assert {name: figures[name] for name in ("commented", "answered", "accepted", "not_accepted", "unkept")} == {
        "commented": 2,
        "answered": 2,
        "accepted": 1,
        "not_accepted": 1,
        "unkept": 1,
    }
    rows = report["rows"]
    assert [(row["section"], row["response"], row["unkept"]) for row in rows] == [
        ("Статья 1", "not_accepted", False),
        ("Статья 2", "accepted", True),
    ]
    assert rows[1]["wording"] == "пяти дней"
    first = ground.act("draft_act_report", None, id=shown["id"], language="ru", limit=1)
    second = ground.act("draft_act_report", None, id=shown["id"], language="ru", limit=1, cursor=first["next"])
    assert [first["rows"][0], second["rows"][0]] == rows
    assert second["next"] is None
    with pytest.raises(tk.ValidationError):
        ground.act("draft_act_report", None, id=shown["id"], cursor="x")

    path = f"/ru/draft-act/{shown['number']}/report"
    page = app.get(path)
    assert "Статья 2" in page.body
    assert ground.WHY_NOT in page.body
    ids = [row["comment_id"] for row in rows]
    table = list(csv.DictReader(io.StringIO(app.get(f"{path}.csv").data.decode("utf-8-sig"))))
    assert [row["comment_id"] for row in table] == ids
    assert table[0]["text"].startswith("'=")
    assert [row["comment_id"] for row in json.loads(app.get(f"{path}.json").data)["rows"]] == ids
    root = etree.fromstring(app.get(f"{path}.xml").data)
    assert [one.get("comment_id") for one in root if one.get("comment_id")] == ids
    assert app.get(f"{path}.docx").data.startswith(b"PK")
    assert app.get(f"{path}.pdf").data.startswith(b"%PDF")
    (agency,) = ground.act("draft_act_report_figures", None)
    assert (agency["acts"], agency["commented"], agency["accepted"], agency["in_time"]) == (1, 2, 1, 1)
    assert agency["agency_id"] == shown["agency_id"]
    assert "1" in app.get("/draft-acts/figures").body


def test_the_desk_shows_a_file_before_it_is_taken_over(app: Any) -> None:
    agency = factories.Agency()["id"]
    author = ground.officer(agency)
    made = ground.draft(author, agency)
    path = f"/ru/draft-act/desk/{made['number']}/import"
    headers = sign_in(author)
    assert 'type="file"' in app.get(path, headers=headers).body
    data = {"language": "ru", "file": (io.BytesIO("Статья 1. Раз\nСтатья 3. Три".encode()), "закон.txt")}
    page = app.post(path, headers=headers, data=data, content_type="multipart/form-data")
    assert "Статья 3. Три" in page.body
    assert "og-doubt__where" in page.body
    wrong = {"language": "ru", "file": (io.BytesIO(b"\x89PNG"), "скан.png")}
    assert "DOCX" in app.post(path, headers=headers, data=wrong, content_type="multipart/form-data", status=400).body
    reading = model.Session.query(TextReading).one().id
    taken = app.post(f"{path}/take", headers=headers, data={"reading": reading}, follow_redirects=False)
    assert taken.status_code == 302
    parts = ground.act("draft_act_part_list", author, id=made["id"], language="ru")["parts"]
    assert [one["eid"] for one in parts] == ["art_1", "art_3"]
    stranger = sign_in(Sysadmin()["name"])
    assert app.get(path, headers=stranger).status_code == 200
    assert app.get(path, headers=sign_in(ground.citizen()), status=404)
