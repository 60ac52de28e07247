"""What an import is not sure of: each with where it is, what was seen, and what would be right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanext.opengov.civic.service.refusal import N_, Refusal

# Code → what is there, and what would be right.
SENTENCES: Mapping[str, tuple[str, str]] = {
    "number_repeated": (
        N_("The number {number} stands here again."),
        N_("Give one of the two another number in the source, or join them."),
    ),
    "number_gap": (
        N_("After {before} comes {number}."),
        N_("{expected} was expected. Check whether a part is missing or the numbering is broken."),
    ),
    "number_start": (
        N_("The numbering begins with {number}."),
        N_("1 was expected. Check whether the beginning is missing."),
    ),
    "eid_repeated": (
        N_("The identifier “{eid}” is given to two parts."),
        N_("The second one got the identifier “{new}”. Give each part its own in the source."),
    ),
    "heading_without_number": (
        N_("A heading has no number; it was taken as a chapter."),
        N_("Write “Chapter 1” and so on before it, or make it plain text."),
    ),
    "nothing_numbered": (
        N_("No chapters, articles or paragraphs were recognised."),
        N_("Begin each part with its number: “Article 1.”, “1.”, “1)”. Now all is one text."),
    ),
    "tracked_changes": (
        N_("The file has tracked changes: {insertions} insertions, {deletions} deletions."),
        N_("They were read as if all were accepted. Accept or reject them in the file to be sure."),
    ),
    "table": (
        N_("A table of {rows} rows stands here."),
        N_("Its rows were read as lines of text. Attach the table as a document if its form matters."),
    ),
    "footnote": (
        N_("A footnote stands here."),
        N_("It was put into the text in brackets. Write it as a part of the text if it is a rule."),
    ),
    "picture": (
        N_("The file holds pictures: {count}."),
        N_("They were left out. Attach them as documents."),
    ),
    "margin_note": (
        N_("The file has comments in its margin: {count}."),
        N_("They were left out: remove them before you publish the file itself."),
    ),
    "automatic_numbers": (
        N_("The numbers of {count} paragraphs were set by the text editor."),
        N_("They were worked out anew. Compare them with the printed text."),
    ),
    "encoding": (
        N_("The file does not say in which encoding it is; {encoding} was taken."),
        N_("Check the letters. Save the file as UTF-8."),
    ),
    "layout": (
        N_("The text was taken out of pages of a PDF."),
        N_("Check where lines and paragraphs begin. A DOCX is read more surely."),
    ),
    "several_documents": (
        N_("The file holds {count} documents; “{title}” was read."),
        N_("Give each of the others as a file of its own."),
    ),
    "kind_unknown": (
        N_("Parts called “{kind}” are not used in acts here."),
        N_("They were taken as “{taken}”. Check their place."),
    ),
    "too_long": (
        N_("The text of one part has {length} characters."),
        N_("At most {limit} are allowed. Divide it into parts with numbers."),
    ),
}

REFUSED: Mapping[str, str] = {
    "empty": N_("The file is empty. Choose the file with the text of the act."),
    "too_large": N_("The file has {size} MB; at most {limit} MB are read. Take pictures out of it."),
    "scan": N_(
        "The file has pictures of pages but no text. Give the file in which the text was written (DOCX), "
        "or have the scan recognised first."
    ),
    "old_word": N_("This is a file of an old text editor. Save it as DOCX and give that."),
    "format": N_("This is no text that can be read here. Give DOCX, HTML, plain text, PDF with text or Akoma Ntoso."),
    "broken": N_("The file is damaged: {detail}. Open it in its editor, save it again and give that."),
    "external_entity": N_(
        "The file refers to something outside of itself (“{detail}”). That is never fetched. "
        "Take the DOCTYPE out of it and write the text itself."
    ),
    "password": N_("The file is protected by a password. Save it without one."),
    "not_akoma_ntoso": N_("The XML file is no Akoma Ntoso: its outermost element is “{detail}”, not akomaNtoso."),
    "no_text": N_("There is no text in the file."),
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """:param code: a key of ``SENTENCES``
    :param line: the paragraph or line of the file, from 1; 0 for the file as a whole
    :param eid: the part that it is about, when it is about one
    :param quote: the first words at that place
    """

    code: str
    line: int = 0
    eid: str = ""
    quote: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


class Unreadable(Refusal):
    """A file that cannot be read at all."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(REFUSED[code], **values)
        self.code = code


def quoted(text: str) -> str:
    """The first words, for showing where it is."""
    line = " ".join(text.split())
    return line if len(line) <= 80 else line[:79].rstrip() + "…"
