"""Attachments: their text is read within limits, and what cannot be searched is said to be so."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pypdf
import pytest
from ckanext.opengov.civic.identifiers import check_digit
from ckanext.opengov.civic.service.privacy import (
    FileRefusal,
    UnsupportedFile,
    check_number,
    extract,
    limits,
    office,
    public_copy,
)

IIN = f"90010130012{check_digit('90010130012')}"
# Born in 2001: as a number in a table it loses its first zero.
EARLY = f"01010150012{check_digit('01010150012')}"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def archive(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def docx(body: str, **parts: str) -> bytes:
    whole = {f"word/{name}.xml": f"<w:hdr {W}>{content}</w:hdr>" for name, content in parts.items()}
    document = f"<w:document {W} {MC}><w:body>{body}</w:body></w:document>"
    return archive({"[Content_Types].xml": "<Types/>", "word/document.xml": document, **whole})


def paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def xlsx(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Тізім"
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pdf(*pages: str) -> bytes:
    """A PDF written by hand: each page shows one line, or nothing, as a scan without a text layer does."""
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for index, text in enumerate(pages):
        stream = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET" if text else "0 0 10 10 re f"
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * index} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    end += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + end.encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "kz1048"])
def test_a_text_is_read_in_the_encodings_that_kazakh_is_written_in(encoding: str) -> None:
    text = "Сәлеметсіз бе! Менің өтінішім: қоғамдық көлік туралы."
    assert extract(text.encode(encoding), "хат.txt").text == text


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "koi8-r"])
def test_a_text_is_read_in_the_old_encodings_of_russian(encoding: str) -> None:
    text = "Здравствуйте! Прошу проверить работу общественного транспорта."
    assert extract(text.encode(encoding), "ПИСЬМО.TXT").text == text


def test_a_document_gives_all_its_texts_and_joins_what_the_editor_split() -> None:
    box = f"<mc:AlternateContent><mc:Choice>{paragraph('box')}</mc:Choice><mc:Fallback>{paragraph('box')}</mc:Fallback>"
    body = paragraph("ИИН ", IIN[:5], IIN[5:]) + f"<w:p><w:r>{box}</mc:AlternateContent></w:r></w:p>"
    removed = "<w:p><w:del><w:r><w:delText>removed</w:delText></w:r></w:del></w:p>"
    data = docx(body + removed, header1=paragraph("header"), footnotes=paragraph("note"))
    text = extract(data, "a.docx").text
    assert f"ИИН {IIN}\n" in text
    assert text.count("box") == 1
    assert "header" in text
    assert "note" in text
    assert "removed" not in text


def test_a_table_gives_its_cells_and_the_zeros_that_an_iin_lost() -> None:
    text = extract(xlsx(["Аты", "ЖСН"], ["Әсел", int(EARLY)], [None, 12.0]), "a.xlsx").text
    assert text == f"Тізім\nАты\tЖСН\nӘсел\t{EARLY}\n\t12\n"


def test_a_pdf_gives_its_text_layer() -> None:
    read = extract(pdf(f"IIN {IIN}"), "a.pdf")
    assert IIN in read.text
    assert read.searchable
    assert read.complete


def test_a_scan_stays_private_and_says_so() -> None:
    read = extract(pdf(""), "scan.pdf")
    assert not read.searchable
    copy = public_copy(pdf(""), "scan.pdf")
    assert copy.content is None
    assert "seems to be a scan" in copy.note


def test_scanned_pages_among_others_are_left_out_of_the_copy() -> None:
    copy = public_copy(pdf("Hello", ""), "mixed.pdf")
    assert copy.content is not None
    assert b"Hello" in copy.content
    assert "Some pages" in copy.note


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (f"Мой ИИН {IIN}".encode(), f"иин {IIN}.txt"),
        (docx(paragraph(f"Мой ИИН {IIN}")), "a.docx"),
        (xlsx(["Мой ИИН", int(IIN)]), "a.xlsx"),
        (pdf(f"IIN {IIN}"), "a.pdf"),
    ],
)
def test_the_public_copy_is_a_masked_text(data: bytes, name: str) -> None:
    copy = public_copy(data, name)
    assert copy.content is not None
    assert IIN.encode() not in copy.content
    assert any(mark in copy.content.decode() for mark in ("[ЖСН жасырылды]", "[ИИН скрыт]", "[IIN hidden]"))
    assert copy.name.endswith(".txt")
    assert IIN not in copy.name
    assert [finding.kind.value for finding in copy.findings] == ["iin"]


def test_an_archive_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = archive({"word/document.xml": b"0" * (200 * limits.MEBIBYTE)})
    assert len(bomb) < limits.MEBIBYTE
    with pytest.raises(FileRefusal, match="unpacks to 200 MB in 1 parts"):
        extract(bomb, "bomb.docx")


def test_an_archive_of_moderate_size_but_absurd_ratio_is_refused() -> None:
    with pytest.raises(FileRefusal, match="100 times"):
        extract(archive({"xl/workbook.xml": b"0" * (20 * limits.MEBIBYTE)}), "bomb.xlsx")


def test_an_archive_of_very_many_parts_is_refused() -> None:
    parts = {f"word/{number}.xml": "" for number in range(limits.MAX_MEMBERS + 1)}
    with pytest.raises(FileRefusal, match="10002 parts"):
        extract(archive({"word/document.xml": "", **parts}), "many.docx")


def test_entities_of_a_document_are_not_resolved() -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    document = f"{laughs}<w:document {W}><w:body>{paragraph('&b;')}</w:body></w:document>"
    data = archive({"[Content_Types].xml": "<Types/>", "word/document.xml": document})
    assert "ha" not in extract(data, "a.docx").text


@pytest.mark.parametrize(
    ("data", "name", "complaint"),
    [
        (pdf("Hello"), "a.docx", "named DOCX but is PDF"),
        (docx(paragraph("a")), "a.pdf", "named PDF but is DOCX"),
        (docx(paragraph("a")), "a.xlsx", "named XLSX but is DOCX"),
        (archive({"a.txt": "a"}), "a.docx", "named DOCX but is ZIP"),
        (b"just a text", "a.pdf", "named PDF but is TXT"),
        (b"\x7fELF\x02\x01\x01" + b"\x00" * 64, "a.txt", "named TXT but is APPLICATION/"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00\x00\x00\x01" * 4, "a.pdf", "named PDF but is IMAGE/PNG"),
        (b"", "a.txt", "The file is empty"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(data: bytes, name: str, complaint: str) -> None:
    with pytest.raises(FileRefusal, match=complaint):
        extract(data, name)


@pytest.mark.parametrize("name", ["a.exe", "photo.jpg", "README", "a.docx.zip"])
def test_a_kind_that_cannot_be_searched_names_those_that_can(name: str) -> None:
    with pytest.raises(UnsupportedFile, match="These are: TXT, DOCX, PDF, XLSX"):
        extract(b"data", name)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (pdf("Hello")[:60], "a.pdf"),
        (b"%PDF-1.4\nnothing else", "a.pdf"),
        (docx("<w:p>")[:-30] + b"PK", "a.docx"),
        (archive({"word/document.xml": "<w:document"}), "a.docx"),
        (archive({"xl/workbook.xml": "<workbook"}), "a.xlsx"),
    ],
)
def test_a_damaged_file_is_refused(data: bytes, name: str) -> None:
    with pytest.raises(FileRefusal):
        extract(data, name)


def test_a_locked_pdf_is_refused() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf("Hello")))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(FileRefusal, match="locked by a password"):
        extract(out.getvalue(), "a.pdf")


def test_a_file_over_the_limit_is_refused_with_both_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_FILE", 2 * limits.MEBIBYTE)
    with pytest.raises(FileRefusal, match="has 3 MB; at most 2 MB"):
        extract(b"a" * (2 * limits.MEBIBYTE + 1), "a.txt")


def test_more_text_than_is_read_is_refused() -> None:
    with pytest.raises(FileRefusal, match="more than 10 MB of text"):
        extract("ә".encode() * (5 * limits.MEBIBYTE + 1), "a.txt")
    inside = docx(paragraph("ab " * (limits.MEBIBYTE * 4)))
    with pytest.raises(FileRefusal, match=r"more than 10 MB of text|unpacks to"):
        extract(inside, "a.docx")


def test_a_table_of_endless_width_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CELLS", 10)
    with pytest.raises(FileRefusal, match="more than 10 cells"):
        extract(xlsx(list(range(11))), "a.xlsx")


def test_a_file_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_SECONDS", -1.0)
    with pytest.raises(FileRefusal, match="takes too long"):
        extract(b"text", "a.txt")


def test_a_thousand_attachments_are_the_most() -> None:
    check_number(limits.MAX_ATTACHMENTS)
    with pytest.raises(FileRefusal, match="1001 files are attached; at most 1000"):
        check_number(limits.MAX_ATTACHMENTS + 1)


def test_an_archive_that_lies_about_its_sizes_gains_nothing() -> None:
    data = bytearray(archive({"word/document.xml": paragraph("a" * 1000)}))
    # The size in the central directory: 24 bytes into its entry.
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    office.check_archive(bytes(data))
    with pytest.raises(FileRefusal, match="damaged"):
        office.read_docx(bytes(data))
