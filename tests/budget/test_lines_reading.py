"""Files as they come: read, understood, asked about, and refused with the row; no service is needed."""

from __future__ import annotations

import datetime as dt
import tempfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from ckanext.opengov.budget.service.lines import (
    amounts,
    checking,
    descriptor,
    differing,
    mapping,
    preparing,
    proposing,
    reading,
    template,
    trees,
)
from ckanext.opengov.budget.service.lines.finding import Faulty, Findings, plain
from ckanext.opengov.budget.service.pictures import bars, flow, treemap
from hypothesis import given, settings
from hypothesis import strategies as st

RUSSIAN = "Функциональная группа;Наименование функциональной группы;Администратор;Год;Сумма\n"


class Read:
    """A file that was read by what is proposed for it, and what the rules say of it."""

    def __init__(self, content, folder, changes=None, known=None, package=None):
        path = Path(folder) / "file"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.opened = reading.open_file(path)
        self.proposal = proposing.propose(self.opened)
        if package:
            self.proposal = descriptor.mapping_of(package, self.proposal)
        parsed = mapping.parse({**self.proposal.mapping, **(changes or {})}, self.opened.columns)
        self.findings = Findings()
        pieces = Path(tempfile.mkdtemp(dir=folder))
        self.prepared = preparing.prepare(self.opened, parsed, pieces, self.findings)
        if self.prepared.pieces:
            checking.check(self.prepared, known or checking.Known(), self.findings)

    @property
    def total(self):
        return sum((one.expenditure + one.revenue for one in self.prepared.periods), Decimal(0))

    @property
    def told(self):
        return [(one.rule, one.row, one.expected, one.found, one.difference) for one in self.findings.kept]


@pytest.fixture
def read(tmp_path):
    return lambda content, changes=None, **more: Read(content, tmp_path, changes, **more)


class TestBadInput:
    def test_windows_1251_with_semicolons_decimal_commas_and_spaces_between_thousands(self, read):
        rows = "04;Образование;225;2025;1 234 567,89\n05;Здравоохранение;226;2025;1\u00a0000,11\n"
        made = read((RUSSIAN + rows).encode("cp1251"))
        assert (made.opened.encoding, made.opened.delimiter) == ("kz1048", ";")
        assert (made.total, made.told) == (Decimal("1235568"), [])
        assert made.prepared.trees["functional"].nodes["name_any"][0] == "Образование"

    def test_a_byte_order_mark_and_utf_16(self, read):
        rows = RUSSIAN + "04;Образование;225;2025;1,5\n"
        assert read(b"\xef\xbb\xbf" + rows.encode()).opened.columns[0] == "Функциональная группа"
        assert read(rows.encode("utf-16")).total == Decimal("1.5")

    def test_negative_amounts_in_brackets_with_a_true_minus_and_behind(self, read):
        rows = "".join(f"04;Образование;225;2025;{text}\n" for text in ("(1 000,50)", "−5", "3-", "10000,75"))
        assert read(RUSSIAN + rows).total == Decimal("8992.25")

    def test_a_total_among_the_lines_is_no_line_and_must_be_right_to_one_tenge(self, read):
        rows = "04;Образование;225;2025;100\n04;Образование;226;2025;50\n05;Здравоохранение;226;2025;7\n"
        right = read(f"{RUSSIAN}{rows}04;Всего;;2025;150\nИТОГО;;;2025;157\n")
        assert (right.prepared.count, right.told) == (3, [])
        wrong = read(f"{RUSSIAN}{rows}04;Всего;;2025;151\nИтого расходов;;;2025;157\n")
        assert wrong.told == [("total", 5, "150", "151", "1")]

    def test_rows_above_others_are_their_sums_when_one_says_so(self, read):
        head = "functional.group,functional.subgroup,functional.administrator,year,amount\n"
        rows = "04,,,2025,150\n04,1,,2025,150\n04,1,225,2025,100\n04,1,226,2025,50\n05,,,2025,9\n"
        made = read(head + rows, {"totals": "levels"})
        assert (made.prepared.count, made.total, made.told) == (3, Decimal(159), [])
        wrong = read(head + rows.replace("04,1,,2025,150", "04,1,,2025,149.99"), {"totals": "levels"})
        assert wrong.told == [("total", 3, "150", "149.99", "-0.01")]

    def test_excel_dates_are_asked_about(self, read):
        rows = RUSSIAN + "04;Образование;225;45658;100\n"
        made = read(rows)
        assert [one.part for one in made.proposal.questions] == ["excel_dates"]
        assert made.told == [("year", 2, "2025", "45658", None)]
        assert [one.year for one in read(rows, {"excel_dates": True}).prepared.periods] == [2025]

    def test_lost_zeros_are_proposed_and_not_guessed(self, read):
        rows = RUSSIAN + "4;Образование;225;2025;100\n10;Сельское хозяйство;212;2025;100\n"
        made = read(rows)
        (question,) = made.proposal.questions
        assert (question.part, question.proposed) == ("widths.functional.group", 2)
        assert ("codes_known", 2, None, "4", None) in made.told
        padded = read(rows, {"widths": {"functional.group": 2}})
        assert padded.told == []
        assert padded.prepared.trees["functional"].nodes.filter(pl.col("depth") == 1)["path"].to_list() == ["04", "10"]

    def test_a_year_with_a_letter_says_which_is_meant(self, read):
        made = read(RUSSIAN + "04;Образование;225;20O5;100\n04;Образование;225;2025;100\n")
        assert made.told == [("year", 2, "2005", "20O5", None)]
        assert "2005" in str(made.findings.kept[0].values)

    def test_nothing_is_lost_when_a_row_has_more_values_or_a_text_for_an_amount(self, read):
        rows = RUSSIAN + "04;Образование;225;2025;100\n" * 9
        with pytest.raises(Faulty) as raised:
            read(rows + "04;Образование;225;2025;1;2\n")
        assert raised.value.findings[0].row == 11
        assert read(rows + "04;Образование;225;2025;сто\n").told == [("amount", 11, None, "сто", None)]
        assert read(rows + "04;Образование;225;2025;0,1234567\n").told == [("amount", 11, None, "0,1234567", None)]

    @pytest.mark.parametrize("content", [b"%PDF-1.7", b"", b"PK\x03\x04broken", b"one column\n1\n", b'a,b\n"x,1\n'])
    def test_what_is_no_table_is_refused(self, read, content):
        with pytest.raises(Faulty):
            read(content)


class TestForms:
    def test_wide_years_and_phases(self, read):
        head = "Portfolio,Утверждено 2024 тыс. тенге,Исполнено 2024 тыс. тенге\n"
        made = read(head + "Health,10,9.5\nDefence,20,-\n")
        periods = {(one.year, one.phase): one.expenditure for one in made.prepared.periods}
        assert periods == {(2024, "approved"): Decimal(30000), (2024, "executed"): Decimal(9500)}
        assert {one.part for one in made.proposal.questions} == {"amounts.factor"}

    def test_a_workbook_made_from_the_template(self, read, tmp_path):
        book = tmp_path / "book.xlsx"
        book.write_bytes(template.workbook(str))
        workbook = openpyxl.load_workbook(book)
        sheet = workbook["lines"]
        names = [cell.value for cell in sheet[1]]
        values = {"year": dt.date(2025, 1, 1), "phase": "approved", "direction": "expenditure"}
        for code, amount in (("04", 0.1), ("05", 0.2)):
            row = {**values, "functional.group": code, "amount": amount}
            sheet.append([row.get(name) for name in names])
        workbook.save(book)
        made = read(book.read_bytes())
        assert made.proposal.questions == []
        assert (made.total, made.told) == (Decimal("0.3"), [])

    def test_a_title_above_the_header(self, read):
        made = read("Бюджет на 2025 год;;;;\n;;;;\n" + RUSSIAN + "04;Образование;225;2025;5\n")
        assert (made.opened.header, made.total) == (3, Decimal(5))

    def test_measures_and_dimensions_of_a_fiscal_data_package(self, read):
        attributes = {
            "SECTION": {"source": "Section", "parent": "CENTRE"},
            "CENTRE": {"source": "Centre"},
            "NAME": {"source": "Centre name", "labelfor": "CENTRE"},
        }
        package = {
            "resources": [{"path": "lines.csv"}],
            "mapping": {
                "measures": {"amount": {"source": "Sum", "currency": "EUR", "phase": "executed", "factor": 1000}},
                "dimensions": {
                    "date": {"attributes": {"year": {"source": "When"}}},
                    "who": {"classificationType": "administrative", "attributes": attributes},
                },
            },
        }
        made = read("When,Centre,Centre name,Section,Sum\n2024,001,Town,02,5\n", package=package)
        assert made.proposal.mapping["axes"]["administrative"]["agency"] == {
            "code": "Centre",
            "name": {"any": "Centre name"},
        }
        assert [(one.phase, one.expenditure) for one in made.prepared.periods] == [("executed", Decimal(5000))]

    def test_a_package_without_measures_is_refused(self, read):
        with pytest.raises(Faulty):
            read("a,b\n1,2\n", package={"resources": [{"path": "x.csv"}]})


class TestMapping:
    @pytest.mark.parametrize(
        "document",
        [
            [],
            {},
            {"amounts": [{"column": "no such column"}], "year": 2025},
            {"amounts": [{"column": "a", "factor": "many"}], "year": 2025},
            {"amounts": [{"column": "a"}], "year": 205},
            {"amounts": [{"column": "a"}], "year": 2025, "axes": {"colour": {}}},
            {"amounts": [{"column": "a"}], "year": 2025, "widths": {"functional.group": 900}},
            {"amounts": [{"column": "a"}], "year": 2025, "phase": {"column": "a", "values": {"x": "spent"}}},
            {"amounts": [{"column": "a"}], "year": 2025, "lists": {"functional": "mine"}},
            {"amounts": [{"column": "a"}], "year": 2025, "unknown": 1},
        ],
    )
    def test_what_is_wrong_in_it_is_said(self, document):
        with pytest.raises(Faulty) as raised:
            mapping.parse(document, ["a"])
        assert {one.rule for one in raised.value.findings} == {"mapping"}


MONEY = st.decimals(min_value=-(10**15), max_value=10**15, places=2, allow_nan=False)
CODES = st.sampled_from(["01", "02", "03"])
ROWS = st.lists(st.tuples(CODES, CODES, CODES, MONEY), min_size=2, max_size=40)


@given(ROWS)
@settings(max_examples=40, deadline=None)
def test_every_level_of_every_axis_sums_to_the_lines(rows):
    head = "functional.group,functional.subgroup,economic.category,year,amount\n"
    text = head + "".join(f"{a},{b},{c},2025,{amount}\n" for a, b, c, amount in rows)
    with tempfile.TemporaryDirectory() as folder:
        made = Read(text, folder, {"decimal": "."})
        whole = sum((amount for *_, amount in rows), Decimal(0))
        assert made.total == whole
        lines = made.prepared.lines().collect()
        for axis, tree in made.prepared.trees.items():
            for depth in range(1, len(tree.codes) + 1):
                at = trees.lookup(tree.nodes, depth, tree.paths.height).gather(lines[axis])
                sums = lines.with_columns(at.alias("at")).group_by("at").agg(pl.col("amount").sum())
                assert sum(sums["amount"].to_list(), Decimal(0)) == whole
        side = differing.Side(
            made.prepared.lines(),
            {axis: tree.nodes for axis, tree in made.prepared.trees.items()},
            {axis: tree.paths.height for axis, tree in made.prepared.trees.items()},
        )
        same = differing.compare((side, 0), (side, 0))
        assert (same["added"], same["removed"], same["changed"]) == (0, 0, 0)


@given(MONEY, st.sampled_from([".", ","]), st.sampled_from(["", " ", "\u00a0", "'"]), st.booleans())
@settings(max_examples=200, deadline=None)
def test_an_amount_is_read_as_it_was_written(value, mark, space, brackets):
    text = f"{abs(value):,.2f}".replace(",", "\0").replace(".", mark).replace("\0", space)
    text = (f"({text})" if brackets else f"-{text}") if value < 0 else text
    found = pl.DataFrame({"a": [text]}).select(amounts.amount("a", mark)).item()
    assert found == value
    assert Decimal(plain(found)) == value


@given(st.lists(st.decimals(min_value="0.01", max_value=10**12, places=2), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_areas_of_a_treemap_are_shares(sizes):
    parts = [treemap.Part(str(place), size, "") for place, size in enumerate(sizes)]
    boxes = treemap.layout(parts, 1000, 500, treemap.Part("other", Decimal(0), ""))
    assert sum(one.part.amount for one in boxes) == sum(sizes)
    assert all(one.x >= -0.01 and one.x + one.width <= 1000.01 and one.y + one.height <= 500.01 for one in boxes)


def test_bars_and_bands_keep_to_one_scale():
    chart = bars.grouped(
        [("2024", [("approved", Decimal(50), "")]), ("2025", [("approved", Decimal(-25), "")])], 400, 200, 80
    )
    tall, low = chart.bars
    assert round(tall.height / low.height, 3) == 2
    assert tall.y + tall.height == pytest.approx(low.y, abs=0.02)
    left = [flow.Stream("a", Decimal(60), ""), flow.Stream("b", Decimal(40), "")]
    made = flow.layout(left, [flow.Stream("c", Decimal(100), "")], 1000, 500, 200)
    heights = {band.stream.name: band.height for band in made.bands}
    assert heights["a"] + heights["b"] == pytest.approx(heights["c"], abs=0.05)
