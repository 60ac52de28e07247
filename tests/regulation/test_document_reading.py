"""Files become acts: the structure is recognised, and every doubt is said with its place."""

from __future__ import annotations

import base64
import io
import zipfile

import docx
import pytest
from ckanext.opengov.regulation.service.document import fitting, tree
from ckanext.opengov.regulation.service.document.doubts import REFUSED, SENTENCES, Unreadable
from ckanext.opengov.regulation.service.document.labels import cited, printed
from ckanext.opengov.regulation.service.document.numbering import follows, parse
from ckanext.opengov.regulation.service.document.reading import read
from ckanext.opengov.regulation.service.document.recognising import Reading
from pypdf import PdfWriter

from tests.regulation.samples import KK, RU, act_in_word, akoma_ntoso, outline, saved, text_of

PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=")


def codes(reading: Reading) -> list[str]:
    return [doubt.code for doubt in reading.doubts]


def refused(content: bytes) -> str:
    with pytest.raises(Unreadable) as refusal:
        read(content, "ru")
    assert refusal.value.code in REFUSED
    return refusal.value.code


def test_a_russian_act_is_recognised_down_to_its_points() -> None:
    reading = read(RU.encode(), "ru")
    parts = reading.document.parts
    assert outline(parts) == [
        "preface",
        "preamble",
        "sec_1",
        "sec_1__chp_1",
        "sec_1__chp_1__art_1",
        "sec_1__chp_1__art_1__subpara_1",
        "sec_1__chp_1__art_1__subpara_1__point_a",
        "sec_1__chp_1__art_1__subpara_1__point_b",
        "sec_1__chp_1__art_1__subpara_2",
        "sec_1__chp_1__art_1__al_nn_1",
        "sec_1__chp_1__art_2",
        "sec_1__chp_1__art_2__para_1",
        "sec_1__chp_1__art_2__para_2",
        "sec_1__chp_1__art_2-1",
        "sec_1__chp_2",
        "sec_1__chp_2__art_3",
        "sec_1__chp_2__art_3__para_3-1",
        "conclusions",
        "annex_1",
        "annex_1__para_1",
        "annex_1__para_2",
    ]
    assert reading.document.title == "Закон Республики Казахстан О колодцах общего пользования"
    headings = {part.eid: part.heading for part in tree.walk(parts)}
    assert headings["sec_1__chp_2"] == "ПОРЯДОК"
    assert headings["annex_1"] == "Перечень колодцев"
    assert text_of(parts, "annex_1") == "к Закону"
    assert text_of(parts, "sec_1__chp_1__art_2__para_2").startswith("Статья 5 настоящего Закона")
    # Only the paragraph that begins with 3-1 is strange.
    assert [(doubt.code, doubt.line) for doubt in reading.doubts] == [("number_start", 21)]


def test_a_kazakh_act_is_recognised_and_has_the_same_eids_as_its_russian_text() -> None:
    kk = read(KK.encode(), "kk").document.parts
    assert "sec_1__chp_1__art_1__subpara_2" in outline(kk)
    assert text_of(kk, "sec_1__chp_1__art_2__para_1").endswith("5-баптың күші кейін басталады.")
    ru = read(RU.encode(), "ru").document.parts
    only_kk, only_ru = fitting.only_in_one(kk, ru)
    assert only_kk == []
    assert "sec_1__chp_2" in only_ru
    path = tree.path_to(kk, "sec_1__chp_1__art_1__subpara_2")
    assert cited(path, "kk") == "1-бап, 2) тармақша"
    assert printed("section", "IV", "kk") == "IV бөлім"


def test_doubts_say_where_and_what_would_be_right() -> None:
    text = "Статья 5. Раз\n1. Один.\n3. Три.\nСтатья 5. Два\nГлава 1. Поздно"
    reading = read(text.encode(), "ru")
    found = {(doubt.code, doubt.line): doubt for doubt in reading.doubts}
    assert set(found) == {("number_start", 1), ("number_gap", 3), ("number_repeated", 4)}
    assert found["number_gap", 3].values == {"before": "1", "number": "3", "expected": "2"}
    assert found["number_repeated", 4].eid == "art_5_2"
    what, right = SENTENCES["number_gap"]
    assert "3" in what.format(**found["number_gap", 3].values)
    assert "2" in right.format(**found["number_gap", 3].values)


@pytest.mark.parametrize(
    ("number", "before", "may"),
    [
        ("6", "5", True),
        ("5-1", "5", True),
        ("6", "5-2", True),
        ("5-3", "5-2", True),
        ("7", "5", False),
        ("б", "а", True),
        ("ә", "а", True),
        ("г", "а", False),
        ("V", "IV", True),
        ("ІІІ", "ІІ", True),
        ("5", "5", False),
    ],
)
def test_which_number_may_follow_which(number: str, before: str, may: bool) -> None:
    assert follows(number, before) is may


def test_roman_numerals_may_be_typed_in_cyrillic() -> None:
    assert parse("ХІV") == (14,)
    assert parse("с") is None
    assert tree.eid_number("ІІІ") == "iii"


def test_word_files_are_read_with_all_that_makes_them_hard() -> None:
    reading = read(act_in_word(), "ru")
    parts = reading.document.parts
    assert reading.document.title == "Об утверждении правил"
    assert text_of(parts, "chp_1__para_1") == "Срок десять дней."
    assert "[Сноска о сроке.]" in text_of(parts, "chp_1__art_5__para_2")
    assert text_of(parts, "chp_1__art_5_2__para_2") == "Второе\nа | б\nв | г"
    found = {doubt.code: doubt for doubt in reading.doubts}
    assert found["tracked_changes"].values == {"insertions": 1, "deletions": 1}
    assert found["footnote"].quote == "Сноска о сроке."
    assert found["table"].values == {"rows": 2}
    assert found["automatic_numbers"].values == {"count": 2}
    assert found["number_repeated"].quote == "Вторая"
    assert found["number_gap"].values["number"] == "4"


def test_html_is_read_with_its_lists_tables_and_marks() -> None:
    page = (
        "<html><head><title>Сайт</title><script>x()</script></head><body><h1>О воде</h1><h2>Глава 1. Общее</h2>"
        "<ol start='3'><li>Третий<ol><li>первый</li><li>второй</li></ol></li><li>Четвёртый <ins>новый</ins>"
        "<del>старый</del></li></ol><table><tr><td>а</td><td>б</td></tr><tr><td>в</td></tr></table>"
        "<p>5. Пя&shy;тый<br>конец</p><img src='http://example.org/x.png'></body></html>"
    )
    reading = read(page.encode(), "ru")
    parts = reading.document.parts
    assert reading.document.title == "О воде"
    assert outline(parts)[1:] == [
        "chp_1",
        "chp_1__para_3",
        "chp_1__para_3__subpara_1",
        "chp_1__para_3__subpara_2",
        "chp_1__para_4",
        "chp_1__para_5",
    ]
    assert text_of(parts, "chp_1__para_4") == "Четвёртый новый\nа | б\nв"
    assert text_of(parts, "chp_1__para_5") == "Пятый\nконец"
    assert sorted(codes(reading)) == ["number_start", "picture", "table", "tracked_changes"]


def test_lines_broken_at_a_width_are_joined_and_old_encodings_are_read() -> None:
    text = "Глава 1. Общее\n1. Каждый имеет\nправо на воду.\n2. Қазақ тілі."
    reading = read(text.encode("kz1048"), "ru")
    assert text_of(reading.document.parts, "chp_1__para_1") == "Каждый имеет право на воду."
    assert text_of(reading.document.parts, "chp_1__para_2") == "Қазақ тілі."
    assert codes(reading) == ["encoding"]


def test_a_text_without_numbers_is_one_row_of_paragraphs_and_says_so() -> None:
    reading = read("Пусть будет вода.\nИ колодцы тоже будут.".encode(), "ru")
    assert outline(reading.document.parts) == ["para_nn_1", "para_nn_2"]
    assert codes(reading) == ["nothing_numbered"]


def test_scans_are_refused_with_a_word_on_what_to_give() -> None:
    document = docx.Document()
    document.add_picture(io.BytesIO(PIXEL))
    assert refused(saved(document)) == "scan"
    assert refused(PIXEL) == "scan"
    blank, target = PdfWriter(), io.BytesIO()
    blank.add_blank_page(200, 200)
    blank.write(target)
    assert refused(target.getvalue()) == "scan"
    assert "DOCX" in REFUSED["scan"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b" \n", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 50, "old_word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"{\\rtf1 x}", "old_word"),
        (b"PK\x03\x04broken", "broken"),
        (b"%PDF-1.7 broken", "broken"),
        (b"\x00\x01\x02\x03", "format"),
        (b"<akomaNtoso><bill>", "broken"),
        (b"<rss><channel/></rss>", "not_akoma_ntoso"),
        (b"<html><body><img src='x'></body></html>", "scan"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(content: bytes, code: str) -> None:
    assert refused(content) == code


def test_a_package_of_another_kind_is_no_act() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("xl/workbook.xml", "<x/>")
    assert refused(target.getvalue()) == "format"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">',
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
    ],
)
def test_external_and_internal_entities_are_refused(doctype: str) -> None:
    body = '<article eId="art_1"><num>1</num><content><p>&e;</p></content></article>'
    assert refused(akoma_ntoso(body, doctype=doctype)) == "external_entity"


def test_entities_inside_a_word_file_are_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(act_in_word())) as source, zipfile.ZipFile(target, "w") as package:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "word/document.xml":
                content = content.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>', 1)
            package.writestr(entry, content)
    assert refused(target.getvalue()) == "external_entity"


def test_repeated_eids_in_akoma_ntoso_are_told_and_made_unique() -> None:
    one = '<article eId="art_1"><num>Статья {n}</num><content><p>Слова.</p></content></article>'
    reading = read(akoma_ntoso(one.format(n=1) + one.format(n=2)), "ru")
    assert outline(reading.document.parts) == ["art_1", "art_2"]
    (doubt,) = reading.doubts
    assert (doubt.code, doubt.eid, dict(doubt.values)) == ("eid_repeated", "art_2", {"eid": "art_1", "new": "art_2"})


def test_acts_from_elsewhere_get_the_kinds_of_acts_here() -> None:
    body = (
        '<hcontainer name="crossheading" eId="x"><heading>Общее</heading><clause eId="x__cl_1"><num>1</num><content>'
        '<p>Слова.</p><blockList eId="l"><listIntroduction>Список:</listIntroduction><item eId="l__i"><num>а</num>'
        "<p>раз</p></item></blockList></content></clause></hcontainer>"
    )
    reading = fitting.fitted(read(akoma_ntoso(body), "en"))
    kinds = [(part.eid, part.kind) for part in tree.walk(reading.document.parts)]
    assert kinds == [("x", "section"), ("x__cl_1", "paragraph"), ("l", "alinea"), ("l__i", "subparagraph")]
    assert {doubt.values["kind"] for doubt in reading.doubts if doubt.code == "kind_unknown"} == {
        "hcontainer",
        "clause",
        "item",
    }


@pytest.mark.parametrize(
    "text",
    [
        "Глава " + "I" * 10_000,
        "\n".join("1" + ".1" * depth + ". Текст" for depth in range(60)),
        "1" * 10_000 + "\n" + "1-" * 5_000 + "\n" + "1." * 5_000,
        "Статья" + " " * 10_000 + "x",
    ],
)
def test_no_number_makes_an_identifier_that_no_table_holds(text: str) -> None:
    parts = read(text.encode(), "ru").document.parts
    assert max(len(part.eid) for part in tree.walk(parts)) < 500
    assert max(place.level for place in tree.placed(parts)) < 12
