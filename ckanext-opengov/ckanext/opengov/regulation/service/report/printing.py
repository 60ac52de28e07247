"""The report on paper: DOCX and PDF, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from xml.sax.saxutils import escape

from docx.shared import Pt
from reportlab.platypus import Flowable

from ckanext.opengov.regulation.service.document.writing import docx, paper
from ckanext.opengov.regulation.service.report.model import Report, Row

# More rows than anybody prints; CSV, JSON and XML have them all.
MOST_ROWS = 5_000


@dataclass(frozen=True)
class Words:
    """The words of the report in the language of the reader.

    :param figures: name of a figure → what it is called; those that are not here are left out
    :param kinds: kind of comment → word
    :param authors: kind of author → word
    :param responses: kind of answer → word; the empty one for “no answer yet”
    :param whole: “the act as a whole”
    :param unkept: “accepted, but the text at this place is the same”
    :param more: “{count} more rows …”, with the number in braces
    """

    title: str
    agency: str
    figures: Mapping[str, str]
    kinds: Mapping[str, str]
    authors: Mapping[str, str]
    responses: Mapping[str, str]
    wording: str
    reason: str
    votes: str
    whole: str
    unkept: str
    more: str
    yes: str
    no: str


def figures(report: Report, words: Words) -> Iterator[tuple[str, str]]:
    """Each figure with its name."""
    for name, title in words.figures.items():
        value = report.figures.get(name)
        if value is not None:
            yield title, (words.yes if value else words.no) if isinstance(value, bool) else str(value)


def _about(row: Row, words: Words) -> str:
    kind = words.kinds.get(row.kind, row.kind)
    author = words.authors.get(row.author, row.author)
    votes = f"{words.votes}: +{row.votes_for} / −{row.votes_against}"
    return f"{row.section or words.whole} · {kind} · {author} · {votes} · № {row.comment_id}"


def _answer(row: Row, words: Words) -> str:
    answer = words.responses.get(row.response, row.response)
    if row.reason:
        answer = f"{answer}. {words.reason}: {row.reason}"
    return f"{answer} [{words.unkept}]" if row.unkept else answer


def _more(report: Report, words: Words) -> str:
    left = int(report.figures.get("commented") or 0) - MOST_ROWS
    return words.more.format(count=left) if left > 0 else ""


def word(report: Report, words: Words) -> bytes:
    """The report as DOCX: a passage for each comment, in a form that is read on any page."""
    file = docx.blank(words.title, words.agency, report.language)
    file.styles["Normal"].font.size = Pt(11)
    file.add_paragraph(words.title, style="Title")
    file.add_paragraph(report.title)
    file.add_paragraph(words.agency)
    for title, value in figures(report, words):
        file.add_paragraph(f"{title}: {value}", style="List Bullet")
    for row in islice(report.rows, MOST_ROWS):
        file.add_paragraph(_about(row, words), style="Heading 3")
        file.add_paragraph(row.text)
        if row.wording:
            file.add_paragraph(f"{words.wording}: {row.wording}")
        file.add_paragraph(_answer(row, words)).runs[0].bold = True
    if more := _more(report, words):
        file.add_paragraph(more)
    return docx.saved(file)


def pdf(report: Report, words: Words, fonts: str = paper.FOLDER) -> bytes:
    """The report as PDF."""
    paper.register(fonts)
    story = _story(report, words)
    return paper.build(story, title=words.title, author=words.agency, language=report.language, fonts=fonts)


def _story(report: Report, words: Words) -> Iterator[Flowable]:
    yield paper.plain(words.title, "title")
    yield paper.plain(report.title)
    yield paper.plain(words.agency)
    for title, value in figures(report, words):
        yield paper.plain(f"{title}: {value}")
    for row in islice(report.rows, MOST_ROWS):
        yield paper.plain(_about(row, words), "heading")
        yield paper.plain(row.text)
        if row.wording:
            yield paper.plain(f"{words.wording}: {row.wording}")
        yield paper.marked(f"<b>{escape(_answer(row, words))}</b>")
    if more := _more(report, words):
        yield paper.plain(more)
