"""Files become tables with the right rows, or a problem that says where it is."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from ckanext.opengov.data.service.tables import TableProblem, convert, kind_of
from hypothesis import given, settings
from hypothesis import strategies as st

FILES = Path(__file__).parent.parent / "files"


def table_of(name):
    out = io.StringIO(newline="")
    table = convert(FILES / name, kind_of("", name), out)
    rows = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert rows[0] == [column.name for column in table.columns]
    assert len(rows) - 1 == table.rows
    return table, rows[1:]


def types_of(name):
    return {column.label: column.type for column in table_of(name)[0].columns}


class TestRows:
    def test_csv_with_quotes_commas_and_a_blank_line(self):
        assert table_of("schools.csv")[1] == [
            ["010", "№ 1 мектеп", "820", "1998-09-01"],
            ["011", "Гимназия «Үміт», Астана", "1204", "2004-09-01"],
            ["012", 'School "Nur"', "", "2011-09-01"],
        ]

    def test_semicolons_and_a_byte_order_mark(self):
        assert table_of("semicolon_bom.csv")[1] == [["Алматы", "2 161 000"], ["Астана", "1 430 000"]]

    def test_tabs_with_commas_in_the_values(self):
        assert table_of("stops.tsv")[1][0] == ["Вокзал", "12, 45"]

    def test_a_value_over_two_lines(self):
        assert table_of("odd_quotes.csv")[1] == [['A "quoted" word', 'say "hi"'], ["line\nbreak", "ok"]]

    def test_a_short_row_is_filled_up(self):
        assert table_of("mixed_columns.csv")[1][-1] == ["Short", ""]

    def test_blank_columns_at_the_edge_are_left_out(self):
        assert table_of("surplus_blanks.csv")[1] == [["Roads", "5000"], ["Parks", "7"]]

    def test_a_title_above_the_table_is_not_its_header(self):
        table, rows = table_of("titled.csv")
        assert [column.name for column in table.columns] == ["Статья", "План", "Факт"]
        assert rows == [["Дороги", "10", "9"], ["Школы", "20", "20"]]

    def test_xlsx_takes_the_sheet_with_the_table_and_keeps_a_value_beyond_the_header(self):
        table, rows = table_of("hospitals.xlsx")
        assert rows == [
            ["001", "Аурухана", "120", "1999-05-01", ""],
            ["002", "Клиника", "45.5", "2020-01-02T08:30:00", "ескерту"],
            ["003", "Орталық", "true", "", ""],
        ]
        assert table.notes == {"sheet": "Деректер", "sheets": 2}
        assert table.columns[-1].name == "column_5"

    def test_xls_with_dates_and_booleans(self):
        assert table_of("libraries.xls")[1] == [
            ["Орталық", "12000", "1931-03-12", "true"],
            ["Балалар", "4500.5", "", "false"],
        ]

    def test_ods_with_repeated_rows_and_cells(self):
        assert table_of("museums.ods")[1] == [
            ["Ұлттық музей", "14", "2014-07-02"],
            ["Көркемсурет", "7", "7"],
            *[["Филиал", "1", ""]] * 3,
        ]

    def test_geojson_has_properties_geometry_and_the_place_of_points(self):
        table, rows = table_of("stations.geojson")
        assert [column.name for column in table.columns] == ["name", "lines", "open", "note", "geometry", "lon", "lat"]
        assert rows[0] == [
            "Астана-1", "3", "true", "", '{"type": "Point", "coordinates": [71.43, 51.19]}', "71.43", "51.19",
        ]  # fmt: skip
        assert rows[1][3:5] == ['{"kk": "сызық"}', '{"type": "LineString", "coordinates": [[71, 51], [72, 52]]}']
        assert rows[2] == [""] * 7

    def test_json_objects_with_different_keys(self):
        table, rows = table_of("holidays.json")
        assert [column.name for column in table.columns] == ["date", "name", "days", "regions"]
        assert rows == [
            ["2026-01-01", "Жаңа жыл", "2", ""],
            ["2026-03-08", "Халықаралық әйелдер күні", "", '["KZ-ALA"]'],
        ]

    def test_json_with_the_one_list_in_an_object(self):
        assert table_of("wrapped.json")[1] == [["1", "1.5"], ["2", ""]]


class TestEncodings:
    @pytest.mark.parametrize(
        ("name", "encoding", "cell"),
        [
            ("kazakh_kz1048.csv", "KZ1048", "Ұлытау облысы"),
            ("latin_cp1252.csv", "CP1252", "Café Vila"),
            ("utf16.csv", "UTF-16", "3"),
        ],
    )
    def test_an_old_encoding_is_found_and_told(self, name, encoding, cell):
        table, rows = table_of(name)
        assert table.notes == {"encoding": encoding}
        assert cell in {value for row in rows for value in row}


class TestColumns:
    def test_types_hold_every_value_without_loss(self):
        assert types_of("types.csv") == {
            "number": "numeric",
            "code": "text",
            "date": "date",
            "moment": "timestamp",
            "odd_date": "text",
            "long": "text",
            "empty": "text",
        }

    def test_names_are_distinct_and_fit_postgresql(self):
        columns = table_of("same_names.csv")[0].columns
        assert [column.name for column in columns][:3] == ["сумма", "сумма_2", "column_3"]
        assert len(columns[3].name.encode()) <= 63
        assert columns[3].label.startswith(columns[3].name)
        assert columns[3].label.endswith("базы данных")


class TestProblems:
    @pytest.mark.parametrize(
        ("name", "code", "details"),
        [
            ("empty.csv", "empty", {}),
            ("blank.csv", "empty", {}),
            ("header_only.csv", "header_only", {"columns": "name, sum"}),
            ("row_too_long.csv", "row_too_long", {"row": 3, "cells": 3, "columns": 2, "value": "000"}),
            ("unclosed_quote.csv", "unclosed_quote", {"row": 3}),
            ("not_a_workbook.xlsx", "not_a_workbook", {"format": "XLSX"}),
            ("two_lists.json", "json_lists", {"count": 2, "names": "a, b"}),
            ("scalars.json", "item_not_object", {"row": 1, "found": "number"}),
            ("text.json", "json_root", {"found": "text"}),
            ("geometry_only.geojson", "no_features", {}),
        ],
    )
    def test_it_is_named_with_its_place(self, name, code, details):
        with pytest.raises(TableProblem) as caught:
            table_of(name)
        assert (caught.value.code, caught.value.details) == (code, details)

    @pytest.mark.parametrize("name", ["broken.json", "cut_off.json"])
    def test_damaged_json_is_told_with_the_reason(self, name):
        with pytest.raises(TableProblem) as caught:
            table_of(name)
        assert caught.value.code == "json_broken"
        assert "parse error" in caught.value.details["detail"]


class TestKinds:
    @pytest.mark.parametrize(
        ("format_name", "file_name", "kind"),
        [
            ("csv", "a", "CSV"),
            ("JSON", "a.geojson", "GEOJSON"),
            ("JSON", "a.json", "JSON"),
            ("text/csv", "", "CSV"),
            ("", "a.ods", "ODS"),
            ("PDF", "a.csv", None),
            ("PDF", "a.pdf", None),
            (None, "", None),
        ],
    )
    def test_the_format_decides_and_else_the_ending(self, format_name, file_name, kind):
        assert kind_of(format_name, file_name) == kind


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12).map(str.strip)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(cells.filter(bool), cells, cells.filter(bool)), min_size=1, max_size=30))
def test_what_a_program_writes_as_csv_comes_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("csv") / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["first", "second", "third"])
        writer.writerows(rows)
    result = io.StringIO(newline="")
    assert convert(path, "CSV", result).rows == len(rows)
    assert [tuple(row) for row in csv.reader(io.StringIO(result.getvalue(), newline=""))][1:] == rows
