"""What people send instead of a filled template: each time a precise message with its place, and nothing else."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from ckanext.opengov.data.service import structure
from ckanext.opengov.data.service.finding import Faulty
from ckanext.opengov.data.service.templates import checking, grid, making, reading, sheets, workbook
from ckanext.opengov.data.service.templates.choices import Choices
from ckanext.opengov.data.service.templates.shape import Shape

SCHEMA = {
    "fields": [
        {"name": "code", "title_translated": {"kk": "Коды", "ru": "Код"}},
        {"name": "pupils", "type": "integer", "title_translated": {"ru": "Ученики"}, "unit": "чел"},
        {"name": "area", "type": "number"},
        {"name": "opened", "type": "date"},
        {"name": "public", "type": "boolean"},
        {"name": "region", "categories": [{"value": "71", "label": "Астана"}, {"value": "75", "label": "Алматы"}]},
        {"name": "school"},
    ],
    "primaryKey": "code",
    "foreignKeys": [{"fields": "school", "reference": {"resource": "schools", "fields": "code"}}],
}
TABLE = structure.parse(SCHEMA)
SCHOOLS = Choices(("S1", "S2"), {"S1": {"ru": "Гимназия"}, "S2": {"ru": "Лицей"}})
SHAPE = Shape(TABLE, {"school": SCHOOLS})
HEAD = list(TABLE.names)
RIGHT = ["a", 1, 2.5, dt.date(2026, 1, 2), True, "71", "S1"]


PART = "xl/worksheets/sheet1.xml"


def sheet(*rows, head=HEAD, name="data", **more):
    """A workbook of such rows as bytes."""
    book = openpyxl.Workbook()
    book.active.title = name
    for row in ([head] if head else []) + list(rows):
        book.active.append(row)
    for title, other in more.items():
        added = book.create_sheet(title)
        for row in other:
            added.append(row)
    return written(book)


def written(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(content, part, old, new):
    """A workbook with one part of its package changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            body = source.read(entry)
            target.writestr(entry, body.replace(old, new) if entry.filename == part else body)
    return out.getvalue()


@pytest.fixture
def read(tmp_path):
    """Read and check some content."""

    def call(content, shape=SHAPE):
        path = tmp_path / "file"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        filled = reading.read(path, shape)
        return checking.check(filled, shape, lambda _field, texts: set(texts) - set(SCHOOLS.values))

    return call


def told(outcome):
    """Place → sentence."""
    return {f"{one.column or ''}{one.row or ''}": one.text.format(**one.values) for one in outcome.problems}


def only(outcome):
    assert outcome.count == len(outcome.problems) == 1, told(outcome)
    one = outcome.problems[0]
    return f"{one.column or ''}{one.row or ''}", one.text.format(**one.values), one.suggestion


class TestRight:
    def test_a_template_comes_back_as_rows(self, read):
        book = openpyxl.load_workbook(io.BytesIO(workbook.write(SHAPE, "ru", "Школы", str)))
        for place, value in enumerate(["a", 7, 0.1 + 0.2, dt.date(2026, 1, 2), "да", "75 — Алматы", "лицей"], 1):
            book["data"].cell(4, place, value)
        found = read(written(book))
        assert told(found) == {}
        assert found.frame.rows() == [("a", "7", "0.3", "2026-01-02", "true", "75", "S2")]

    def test_the_template_locks_its_head_keeps_codes_as_texts_and_offers_lists(self):
        book = openpyxl.load_workbook(io.BytesIO(workbook.write(SHAPE, "kk", "Мектептер", str)))
        data = book["data"]
        assert (data.row_dimensions[1].hidden, data.protection.sheet, data.freeze_panes) == (True, True, "A3")
        assert [cell.value for cell in data[2]][:2] == ["Коды *", "Ученики, чел"]
        assert data.column_dimensions["A"].number_format == "@"
        assert not data.column_dimensions["A"].protection.locked
        rules = {str(rule.sqref): rule.formula1 for rule in data.data_validations.dataValidation}
        assert rules["F4:F1048576"].startswith("lists!$")
        assert [cell.value for cell in book["lists"]["B"]] == ["71 — Астана", "75 — Алматы"]
        assert book["lists"].sheet_state == "hidden"
        assert "pupils" in [cell.value for cell in book["reference"]["B"]]

    @pytest.mark.parametrize("language", ["kk", "ru", "en"])
    def test_labels_are_a_header_too_and_titles_may_stand_above_it(self, read, language):
        head = [SHAPE.label(one, language) for one in SHAPE.fields]
        found = read(sheet(["Список школ"], head, RIGHT, head=None))
        assert (found.ok, found.rows) == (True, 1)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
    def test_csv_in_the_encodings_of_this_country(self, read, encoding):
        content = "Код;Ученики;area;opened;public;region;school\nа;1;2.5;2026-01-02;да;Алматы;S1\n".encode(encoding)
        assert read(content).frame.rows() == [("а", "1", "2.5", "2026-01-02", "true", "75", "S1")]

    def test_texts_that_cells_share_as_excel_writes_them(self, read):
        content = sheet(RIGHT)
        shared = b'<sst xmlns="x"><si><t>a</t></si><si><r><t>S</t></r><rPh><t>no</t></rPh><r><t>2</t></r></si></sst>'
        cells = ((b'"A2" t="inlineStr"><is><t>a</t></is>', b'"A2" t="s"><v>0</v>'),)
        cells += ((b'"G2" t="inlineStr"><is><t>S1</t></is>', b'"G2" t="s"><v>1</v>'),)
        for old, new in cells:
            content = changed(content, PART, old, new)
        out = io.BytesIO(content)
        with zipfile.ZipFile(out, "a") as package:
            package.writestr("xl/sharedStrings.xml", shared)
        assert read(out.getvalue()).frame.rows()[0][::6] == ("a", "S2")

    def test_dates_and_numbers_as_other_programs_write_them(self, read):
        content = changed(sheet(RIGHT), PART, b't="n"><v>46024</v>', b't="d"><v>2026-01-03T00:00:00</v>')
        content = changed(content, PART, b"<v>2.5</v>", b"<v>2.5E-3</v>")
        assert read(content).frame.rows()[0][2:4] == ("0.0025", "2026-01-03")

    def test_rows_of_a_grid_are_checked_by_the_same_rules(self):
        rows = [{}, {"code": "b", "pupils": "x", "region": "Алмата"}]
        found = checking.check(grid.filled(rows, SHAPE), SHAPE, lambda _field, _texts: set())
        assert [(one.row, one.field, one.suggestion) for one in found.problems] == [
            (2, "pupils", None),
            (2, "region", "75"),
        ]

    def test_the_form_of_a_structure_and_back(self):
        rows = making.rows_of(TABLE)
        again = structure.parse(making.merged(SCHEMA, making.descriptor(rows)))
        assert again.fields == TABLE.fields
        shared = structure.parse(making.descriptor(rows, shared=True, agencies=["a"]))
        assert (shared.key, shared.parts.agencies) == (("agency", "code"), ("a",))


class TestWrongCells:
    @pytest.mark.parametrize(
        ("place", "value", "words", "suggestion"),
        [
            ("B2", "12,5", "no whole number", None),
            ("C2", "12,5", "Write it as 12.5", "12.5"),
            ("C2", "NaN", "no number", None),
            ("D2", "24.11.2026", "Write it as 2026-11-24", "2026-11-24"),
            ("D2", "11/24/2026", "Write it as 2026-11-24", "2026-11-24"),
            ("D2", "2026/11/24", "Write it as 2026-11-24", "2026-11-24"),
            ("E2", "maybe", "neither yes nor no", None),
            ("F2", "Алмата", "Did you mean “75 Алматы”", "75"),
            ("F2", "99", "Possible values: 71, 75", None),
            ("G2", "Лицеи", "Did you mean S2 Лицей", "S2"),
            ("G2", "Zzz", "Look the right one up", None),
            ("A2", None, "There is no value", None),
            ("B2", "=SUM(C1:C9)", "formula", None),
        ],
    )
    def test_is_told_with_its_place_and_what_would_be_right(self, read, place, value, words, suggestion):
        row = [*RIGHT]
        row["ABCDEFG".index(place[0])] = value
        found, text, proposed = only(read(sheet(row)))
        assert (found, proposed) == (place, suggestion)
        assert words in text

    def test_errors_and_merged_cells(self, read):
        content = sheet(RIGHT, ["b", 1, None, None, None, "71", "S1"])
        book = openpyxl.load_workbook(io.BytesIO(content))
        book["data"].merge_cells("F2:F3")
        assert only(read(written(book)))[:2] == (
            "F2",
            "The cells F2:F3 are merged. Unmerge them and write the value into each row.",
        )
        broken = changed(content, PART, b'<c r="B2" t="n"><v>1</v>', b'<c r="B2" t="e"><v>#N/A</v>')
        assert "shows the error #N/A" in told(read(broken))["B2"]

    def test_the_same_key_twice_names_all_its_rows(self, read):
        found = told(read(sheet(RIGHT, ["b", *RIGHT[1:]], RIGHT)))
        assert set(found) == {"A2", "A4"}
        assert "in the rows 2, 4" in found["A2"]

    def test_a_second_header_values_outside_and_another_sheet_with_rows(self, read):
        found = read(sheet(HEAD[:3], RIGHT, [*["b", 1], *[None] * 5, "stray"], lost=[HEAD, ["c"]]))
        words = told(found)
        assert "second header row" not in " ".join(words.values())
        assert "right of the table" in words["H4"]
        assert "Rows stand in the sheet “lost”" in words[""]
        later = told(read(sheet(RIGHT, HEAD)))
        assert "second header row" in later["A3"]

    def test_unknown_missing_and_doubled_columns(self, read):
        head = ["code", "pupil", "area", "area", "opened", "public", "region", "school"]
        found = told(read(sheet(["a", 1, 2, 2, None, None, "71", "S1"], head=head)))
        assert "Did you mean “pupils”" in found["B1"]
        assert "there twice" in found["D1"]
        assert "“pupils” is missing" in found["1"]

    def test_names_are_not_guessed_from_a_part_of_a_long_list(self, read):
        part = Shape(TABLE, {"school": Choices(SCHOOLS.values, SCHOOLS.meanings, whole=False)})
        assert "Look the right one up" in only(read(sheet([*RIGHT[:6], "Лицей"]), part))[1]

    def test_thousands_of_faults_are_all_counted(self, read):
        rows = [[f"k{n}", "x", 1, None, None, "71", "S1"] for n in range(3000)]
        found = read(sheet(*rows))
        assert (found.count, found.wrong_rows, len(found.problems)) == (3000, 3000, 3000)


class TestWrongFiles:
    def refused(self, read, content):
        with pytest.raises(Faulty) as raised:
            read(content)
        return str(raised.value)

    def test_what_is_no_table_of_this_structure(self, read):
        assert "empty" in self.refused(read, b"")
        assert "old Excel" in self.refused(read, b"\xd0\xcf\x11\xe0rest")
        assert "no workbook" in self.refused(read, b"PK\x03\x04broken")
        assert "None of the first 10 rows" in self.refused(read, sheet(["x", "y"], head=None))
        assert "None of the first 10 rows" in self.refused(read, "a;b\n1;2\n")
        assert "no rows below" in only(read(sheet()))[1]
        assert "double quote" in self.refused(read, 'code,pupils\n"a,1\n')

    def test_a_workbook_cut_off_in_the_middle(self, read):
        assert "damaged" in self.refused(read, sheet(RIGHT)[:-200])

    def test_16384_columns(self, read):
        assert "2000 columns or more" in self.refused(
            read, sheet(RIGHT, head=[*HEAD, *(f"x{n}" for n in range(16_377))])
        )
        far = changed(sheet(RIGHT), PART, b'r="G2"', b'r="XFD2"')
        assert "There is no value" not in " ".join(told(read(far)).values())

    def test_a_bomb_and_a_cell_of_50_megabytes(self, read, monkeypatch):
        bomb = changed(sheet(RIGHT), PART, b"<sheetData>", b"<sheetData>" + b" " * (40 << 20))
        monkeypatch.setattr(sheets, "MOST_UNPACKED", 32 << 20)
        assert "larger than 32 MB" in self.refused(read, bomb)
        monkeypatch.setattr(sheets, "MOST_UNPACKED", 512 << 20)
        heavy = changed(sheet(["HEAVY", *RIGHT[1:]]), PART, b"HEAVY", b"x" * (50 << 20))
        place, text, _ = only(read(heavy))
        assert (place, "longer than 1000000" in text) == ("A2", True)

    def test_too_many_cells_and_entities_are_refused(self, read, monkeypatch):
        monkeypatch.setattr(sheets, "MOST_CELLS", 5)
        assert "more than 5 cells" in self.refused(read, sheet(RIGHT))
        monkeypatch.undo()
        entity = changed(sheet(RIGHT), PART, b"<worksheet", b'<!DOCTYPE worksheet [<!ENTITY a "b">]><worksheet')
        assert "no workbook" in self.refused(read, entity)
