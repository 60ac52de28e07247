"""The report is one model: every file of it has the same rows, and the long ones are written line by line."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator

import docx
from ckanext.opengov.regulation.service.report import printing, streams
from ckanext.opengov.regulation.service.report.model import COLUMNS, Report, Row
from lxml import etree
from pypdf import PdfReader

WORDS = printing.Words(
    title="Есеп",
    agency="Агенттік",
    figures={"commented": "Ұсыныстар", "in_time": "Мерзімінде"},
    kinds={"remark": "Ескерту"},
    authors={"citizen": "Азамат"},
    responses={"accepted": "Қабылданды", "": "Жауап жоқ"},
    wording="Редакциясы",
    reason="Себебі",
    votes="Дауыстар",
    whole="Акт тұтас",
    unkept="Қабылданды, бірақ мәтін өзгермеген",
    more="Тағы {count}",
    yes="иә",
    no="жоқ",
)


def rows(number: int) -> Iterator[Row]:
    for count in range(number):
        yield Row(
            section="2-бап, 1-тармақ" if count else "",
            eid="art_2__para_1" if count else "",
            comment_id=f"c{count}",
            kind="remark",
            author="citizen",
            text="=SUM(A1) <b>құдық</b> & су",
            wording="Жаңа редакция",
            response="accepted" if count else "",
            reason="Дәлел жеткілікті",
            votes_for=count,
            unkept=count == 1,
        )


def report(number: int) -> Report:
    figures = {"commented": number, "answered": number - 1, "in_time": True}
    return Report(
        "7", 'Акт "туралы" & басқа', "Агенттік", 2, "kk", "2026-11-24T10:00:00+05:00", True, figures, rows(number)
    )


def test_csv_json_and_xml_have_the_same_rows() -> None:
    lines = "".join(streams.csv_lines(report(3)))
    assert lines.startswith("\ufeffsection,")
    table = list(csv.DictReader(io.StringIO(lines.removeprefix("\ufeff"))))
    whole = json.loads("".join(streams.json_lines(report(3))))
    root = etree.fromstring("".join(streams.xml_lines(report(3))).encode())
    comments = root.findall(f"{{{streams.NAMESPACE}}}comment")
    ids = ["c0", "c1", "c2"]
    assert [row["comment_id"] for row in table] == ids
    assert [row["comment_id"] for row in whole["rows"]] == ids
    assert [comment.get("comment_id") for comment in comments] == ids
    assert list(table[0]) == list(COLUMNS) == list(whole["rows"][0])
    assert whole["figures"]["in_time"] is True
    assert root.get("title") == whole["title"] == 'Акт "туралы" & басқа'
    text = comments[1].find(f"{{{streams.NAMESPACE}}}text")
    assert text is not None
    assert text.text == whole["rows"][1]["text"] == "=SUM(A1) <b>құдық</b> & су"
    # A spreadsheet would run it.
    assert table[1]["text"] == "'=SUM(A1) <b>құдық</b> & су"
    assert [row["unkept"] for row in table] == ["false", "true", "false"]


def test_an_empty_report_is_whole_too() -> None:
    assert json.loads("".join(streams.json_lines(report(0))))["rows"] == []
    assert etree.fromstring("".join(streams.xml_lines(report(0))).encode()).get("number") == "7"


def test_a_long_report_never_stands_in_memory() -> None:
    tracemalloc.start()
    try:
        size = sum(len(piece) for piece in streams.csv_lines(report(20_000)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size > 2_000_000
    assert peak < 1_000_000


def test_word_and_pdf_are_written_in_the_words_of_the_reader() -> None:
    paragraphs = [one.text for one in docx.Document(io.BytesIO(printing.word(report(2), WORDS))).paragraphs]
    assert "Ұсыныстар: 2" in paragraphs
    assert "Мерзімінде: иә" in paragraphs
    assert any(text.startswith("Акт тұтас · Ескерту · Азамат · Дауыстар: +0 / −0 · № c0") for text in paragraphs)
    assert "Қабылданды. Себебі: Дәлел жеткілікті [Қабылданды, бірақ мәтін өзгермеген]" in paragraphs
    pages = PdfReader(io.BytesIO(printing.pdf(report(2), WORDS))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "=SUM(A1) <b>құдық</b> & су" in text
    assert "2-бап, 1-тармақ" in text


def test_paper_ends_where_nobody_reads_on_and_says_how_much_is_left() -> None:
    most = printing.MOST_ROWS
    long = Report("7", "А", "Б", 1, "kk", "", True, {"commented": most + 5}, rows(2))
    assert "Тағы 5" in [one.text for one in docx.Document(io.BytesIO(printing.word(long, WORDS))).paragraphs]
