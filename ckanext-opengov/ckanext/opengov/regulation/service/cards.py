"""Cards of an archive of draft acts as they come: rows of CSV, a list in JSON, or pages in HTML."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from lxml import etree, html

FORMS = ("csv", "json", "html")
NEEDED = ("id", "date")
COLUMNS = (
    "id",
    "title_kk",
    "title_ru",
    "title_en",
    "agency",
    "kind",
    "state",
    "date",
    "ends",
    "url",
    "text_kk",
    "text_ru",
    "text_en",
)
Row = tuple[int, Mapping[str, Any]]

# Labels that cards of archives have beside their values, in lower case and without a colon.
LABELS = {
    "id": "id",
    "номер": "id",
    "нөмірі": "id",
    "title": "title_en",
    "название": "title_ru",
    "наименование": "title_ru",
    "атауы": "title_kk",
    "agency": "agency",
    "разработчик": "agency",
    "орган-разработчик": "agency",
    "әзірлеуші": "agency",
    "kind": "kind",
    "вид": "kind",
    "тип": "kind",
    "түрі": "kind",
    "state": "state",
    "статус": "state",
    "состояние": "state",
    "күйі": "state",
    "date": "date",
    "дата": "date",
    "дата публикации": "date",
    "дата создания": "date",
    "жарияланған күні": "date",
    "ends": "ends",
    "публичное обсуждение до": "ends",
    "дата окончания": "ends",
    "талқылау аяқталады": "ends",
    "text": "text_ru",
    "текст": "text_ru",
    "мәтіні": "text_kk",
    "url": "url",
    "принятый акт": "url",
}
# Words in the cards → kind and state of an act. The first that stands in the value counts.
_KINDS = (
    ("concept", ("concept", "концепци", "тұжырымдама")),
    ("law", ("law", "закон", "заң")),
    ("decree", ("decree", "постановлен", "қаулы", "указ", "жарлық")),
    ("order", ("order", "приказ", "бұйрық")),
    ("local_decision", ("local_decision", "decision", "решени", "шешім")),
    ("service_standard", ("service_standard", "standard", "стандарт", "правила оказания")),
)
_STATES = (
    ("withdrawn", ("withdrawn", "отозван", "снят", "қайтарып")),
    ("adopted", ("adopted", "принят", "утвержд", "қабылданды", "бекітіл")),
    ("agreed", ("agreed", "согласован", "келісіл")),
    ("report", ("report", "отч", "заверш", "обсужд", "архив", "есеп", "аяқтал", "мұрағат")),
)
_BLOCKS = ("article", "tr", "li", "section", "div")


def read(content: str, form: str) -> Iterator[Row]:
    """The cards with their places in the file, counted as a person counts: lines of a table, else from 1.

    :raises ValidationError: when the file is not what it should be, or holds no cards
    """
    return {"csv": _csv, "json": _json, "html": _html}[form](content.removeprefix("\ufeff"))


def _wrong(text: str, **values: Any) -> tk.ValidationError:
    return tk.ValidationError({"content": [text.format(**values)]})


def _csv(content: str) -> Iterator[Row]:
    reader = csv.DictReader(io.StringIO(content))
    header = [(name or "").strip().lower() for name in reader.fieldnames or []]
    missing = [name for name in NEEDED if name not in header]
    if missing:
        message = tk._("The table lacks the columns {missing}. It needs: {known}.")
        raise _wrong(message, missing=", ".join(missing), known=", ".join(COLUMNS))
    reader.fieldnames = header
    return enumerate(reader, 2)


def _json(content: str) -> Iterator[Row]:
    try:
        found = json.loads(content)
    except ValueError as error:
        raise _wrong(tk._("This is not JSON: {error}"), error=error) from error
    rows = found.get("data") if isinstance(found, Mapping) else found
    if not isinstance(rows, list):
        raise _wrong(tk._("A list of cards is needed, or an object with the list in “data”."))
    return ((place, row if isinstance(row, Mapping) else {}) for place, row in enumerate(rows, 1))


def _html(content: str) -> Iterator[Row]:
    """A card is an element with ``data-id``; in it labels stand in ``dt`` or ``th``, or in the first cell of two."""
    try:
        page = html.document_fromstring(content) if content.strip() else None
    except (etree.ParserError, ValueError) as error:
        raise _wrong(tk._("This page cannot be read: {error}"), error=error) from error
    cards = [] if page is None else [one for one in page.iter(*_BLOCKS) if one.get("data-id")]
    if not cards:
        raise _wrong(tk._("The page has no cards: each is an element with “data-id”."))
    return ((place, _card(one)) for place, one in enumerate(cards, 1))


def _card(element: Any) -> dict[str, str]:
    found = {"id": element.get("data-id")}
    for label in element.iter("dt", "th", "td"):
        name = LABELS.get(_line(label).rstrip(":").strip().lower())
        value = label.getnext()
        if name and value is not None and value.tag in ("dd", "td"):
            found.setdefault(name, _lines(value) if name.startswith("text") else _line(value))
            if name == "url":
                found[name] = next((link.get("href") for link in value.iter("a") if link.get("href")), _line(value))
    return found


def _line(element: Any) -> str:
    return " ".join(element.text_content().split())


def _lines(element: Any) -> str:
    """The text with a line for each block in it."""
    for block in element.iter("p", "div", "br", "li", "h1", "h2", "h3", "h4", "tr"):
        block.tail = "\n" + (block.tail or "")
    return re.sub(r"[ \t]+", " ", element.text_content()).strip()


def kind_of(value: object) -> str:
    """The kind that a card names in its own words; an order when it names none."""
    return _first(str(value or ""), _KINDS, "order")


def state_of(value: object) -> str:
    """Where a card says that its act has come to; its discussion is over in any case."""
    return _first(str(value or ""), _STATES, "report")


def _first(value: str, known: Any, usual: str) -> str:
    text = value.strip().lower()
    if not text:
        return usual
    return next((name for name, words in known if any(word in text for word in words)), value)
