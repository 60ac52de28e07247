"""Small acts and files for the tests of open regulations; the act and its subject are made up."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import docx
from ckanext.opengov.regulation.service.document import tree
from ckanext.opengov.regulation.service.document.tree import Part
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part as PackagePart
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

RU = """Закон Республики Казахстан
О колодцах общего пользования
Настоящий Закон регулирует отношения в области колодцев.
Раздел 1. ОБЩАЯ ЧАСТЬ
Глава 1. Общие положения
Статья 1. Основные понятия
В настоящем Законе используются понятия:
1) вода – жидкость:
а) пресная;
б) солёная;
2) колодец – сооружение.
Иные понятия применяются в значении законов.
Статья 2. Сфера применения
1. Закон действует на всей территории.
2. Статья 5 настоящего Закона применяется с 01.01.2027.
Статья 2-1. Исключения
Закон не применяется к родникам.
Глава 2
ПОРЯДОК
Статья 3. Право на воду
3-1. Каждый вправе пользоваться колодцем.
Президент
Республики Казахстан
Приложение 1
к Закону
Перечень колодцев
1. Первый колодец.
2. Второй колодец."""

KK = """Қазақстан Республикасының Заңы
Ортақ пайдаланылатын құдықтар туралы
1-бөлім. ЖАЛПЫ БӨЛІК
1-тарау. Жалпы ережелер
1-бап. Негізгі ұғымдар
Осы Заңда мынадай ұғымдар пайдаланылады:
1) су – сұйықтық;
2) құдық – құрылыс.
2-бап. Қолданылу аясы
1. Заң бүкіл аумақта қолданылады.
5-баптың күші кейін басталады.
2. Заң бұлақтарға қолданылмайды.
1-қосымша
Құдықтар тізбесі
1. Бірінші құдық."""


def outline(parts: Iterable[Part]) -> list[str]:
    """The eIds in reading order."""
    return [part.eid for part in tree.walk(parts)]


def text_of(parts: Iterable[Part], eid: str) -> str:
    """The words of one part."""
    part = tree.find(parts, eid)
    assert part is not None, eid
    return part.text


def saved(document: Any) -> bytes:
    """The bytes of a DOCX."""
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def act_in_word() -> bytes:
    """A DOCX with all that makes reading hard: tracked changes, a table, a footnote, automatic and broken numbers."""
    document = docx.Document()
    document.add_paragraph("Об утверждении правил", style="Title")
    document.add_paragraph("Глава 1. Общие положения")
    tracked = document.add_paragraph("1. Срок ")
    for name, tag, words in (("del", "delText", "пять"), ("ins", "t", "десять")):
        change = f'<w:{name} {nsdecls("w")} w:id="1" w:author="a"><w:r><w:{tag}>{words}</w:{tag}></w:r></w:{name}>'
        tracked._p.append(parse_xml(change))
    tracked.add_run(" дней.")
    document.add_paragraph("Статья 5. Первая")
    noted = document.add_paragraph("2. Правило")
    noted._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="7"/></w:r>'))
    document.add_paragraph("4. Номер пропущен.")
    document.add_paragraph("Статья 5. Вторая")
    for words in ("Первое", "Второе"):
        document.add_paragraph(words, style="List Number")
    table = document.add_table(2, 2)
    for cell, words in zip((cell for row in table.rows for cell in row.cells), "абвг", strict=True):
        cell.text = words
    _add_footnote(document, "Сноска о сроке.")
    return saved(document)


def _add_footnote(document: Any, words: str) -> None:
    content = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:id="7"><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:footnote>'
        "</w:footnotes>"
    )
    media = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    name = PackURI("/word/footnotes.xml")
    part = PackagePart(name, media, content.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def akoma_ntoso(body: str, front: str = "", doctype: str = "") -> bytes:
    """A small bill in Akoma Ntoso."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}'
        '<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><bill name="law"><meta/>'
        f"{front}<body>{body}</body></bill></akomaNtoso>"
    ).encode()
