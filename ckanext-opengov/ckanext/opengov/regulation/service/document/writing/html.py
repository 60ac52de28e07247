"""An act as one HTML page that stands alone; each part has its eId as the target of links."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

from ckanext.opengov.regulation.service.document import labels
from ckanext.opengov.regulation.service.document.tree import Document, Part

HEADED = frozenset({"annex", "section", "subsection", "chapter", "subchapter", "article"})
_STYLE = (
    "body{max-width:46rem;margin:2rem auto;padding:0 1rem;font:1rem/1.6 Georgia,serif;color:#16272f}"
    "h1{font-size:1.5rem;text-align:center}section,article{margin-block:1rem}"
    "h2,h3,h4{font-size:1.1rem}.paragraph,.subparagraph,.point,.alinea{margin-inline-start:1.2rem}"
    "@media (max-width:30rem){.paragraph,.subparagraph,.point,.alinea{margin-inline-start:.5rem}}"
)


def write(document: Document) -> bytes:
    """The page in UTF-8."""
    body = Markup("\n").join(_body(document))
    page = Markup(
        '<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        "<style>{style}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
    style = Markup(_STYLE)  # noqa: S704 - a constant of ours
    return page.format(language=document.language, title=document.title, style=style, body=body).encode()


def _body(document: Document) -> Iterator[Markup]:
    parts = list(document.parts)
    front = parts.pop(0) if parts and parts[0].kind == "preface" else None
    title = Markup("<br>").join(escape(line) for line in front.text.split("\n")) if front else escape(document.title)
    yield Markup('<h1 id="preface">{}</h1>').format(title)
    for part in parts:
        yield from _part(part, document.language, 2)


def _part(part: Part, language: str, level: int) -> Iterator[Markup]:
    tag = "article" if part.kind == "article" else "section"
    name = part.kind.replace(":", "-")
    yield Markup('<{tag} id="{eid}" class="{name}">').format(tag=Markup(tag), eid=part.eid, name=name)  # noqa: S704
    number = labels.printed(part.kind, part.number, language)
    heading = " ".join(filter(None, (f"{number}." if number and part.kind in HEADED else "", part.heading)))
    if heading:
        rank = min(level, 6)
        yield Markup(f"<h{rank}>{{}}</h{rank}>").format(heading)  # noqa: S704 - a number of ours
    for place, line in enumerate(part.text.split("\n")):
        begins = f"{number} " if number and part.kind not in HEADED and not place else ""
        if line or begins:
            yield Markup("<p>{}{}</p>").format(begins, line)
    for child in part.children:
        yield from _part(child, language, level + (part.kind in HEADED))
    yield Markup(f"</{tag}>")  # noqa: S704
