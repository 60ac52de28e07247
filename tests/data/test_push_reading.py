"""Reading what is pushed: right rows come out typed, wrong ones with line, column and what would be right."""

from __future__ import annotations

import csv
import gzip
import io
import json

import polars as pl
import pytest
from ckanext.opengov.data.service import structure
from ckanext.opengov.data.service.finding import Faulty
from ckanext.opengov.data.service.push import header, homoglyphs, rows
from ckanext.opengov.data.service.push.checks import Checker
from ckanext.opengov.data.service.push.source import Source
from hypothesis import given, settings
from hypothesis import strategies as st

REGIONS = ["71 Астана", "75 Алматы"]
TABLE = structure.parse(
    {
        "fields": [
            {"name": "code", "type": "string", "title_translated": {"kk": "Коды", "ru": "Код"}},
            {"name": "pupils", "type": "integer", "title_translated": {"ru": "Ученики"}, "constraints": {"minimum": 0}},
            {"name": "area", "type": "number"},
            {"name": "opened", "type": "date"},
            {"name": "public", "type": "boolean"},
            {"name": "region", "type": "string", "constraints": {"enum": REGIONS}},
        ],
        "primaryKey": "code",
        "cleanHomoglyphs": True,
    }
)
HEADER = "code,pupils,area,opened,public,region\n"


def read(content, kind="csv", table=TABLE, may_extend=False, **source):
    """The checked rows, and all that is wrong as (line, column, sentence)."""
    content = content.encode() if isinstance(content, str) else content
    reading = rows.Reading(table, lambda names: header.agreed(names, table, may_extend=may_extend))
    frames, findings = [], []
    try:
        for raw in rows.read(Source(io.BytesIO(content), most_bytes=1 << 30, **source), kind, reading):
            checked = Checker(reading.structure, reading.names).run(raw.frame)
            frames.append(checked.frame)
            findings += raw.rejected + checked.findings
    except Faulty as problem:
        return [], told(problem.findings)
    return pl.concat(frames).rows(named=True) if frames else [], told(findings)


def told(findings):
    return [(one.line, one.column, one.text.format(**one.values)) for one in findings]


def fault(*arguments, **more):
    _, findings = read(*arguments, **more)
    assert findings
    return findings[0]


class TestRightRows:
    def test_values_are_typed_and_lines_are_counted_over_breaks_in_values(self):
        found, findings = read(HEADER + '"a\nb",1,1.50,2026-11-24,true,\n\nc, 2 ,,,0,71 Астана\n')
        assert not findings
        assert [one["_line"] for one in found] == [2, 5]
        assert found[0]["code"] == "a\nb"
        assert (found[0]["area"], str(found[0]["opened"]), found[0]["public"]) == ("1.50", "2026-11-24", True)
        assert (found[1]["pupils"], found[1]["area"], found[1]["public"]) == (2, None, False)

    @pytest.mark.parametrize("mark", [";", "\t", "|"])
    def test_the_delimiter_is_found_by_the_names_of_the_fields(self, mark):
        content = HEADER.replace(",", mark) + mark.join(["a", "1", "", "", "", ""]) + "\r\n"
        assert read(b"\xef\xbb\xbf" + content.encode())[0][0]["pupils"] == 1

    def test_columns_may_come_in_any_order(self):
        found, _ = read("region,code,public,opened,area,pupils\n75 Алматы,a,,,,7\n")
        assert (found[0]["code"], found[0]["region"], found[0]["pupils"]) == ("a", "75 Алматы", 7)

    def test_gzip_in_several_members(self):
        packed = gzip.compress(HEADER.encode()) + gzip.compress(b"a,1,,,,\n")
        assert read(packed)[0][0]["code"] == "a"

    def test_ndjson_keeps_numbers_as_they_are_written(self):
        lines = [{"code": "a", "pupils": 3, "area": 0.1, "opened": None, "public": True, "region": REGIONS[0]}]
        content = "\n".join(map(json.dumps, lines)) + '\n{"code": "b", "area": 12345678901234567890.10}'
        found, findings = read(content, "ndjson")
        assert not findings
        assert (found[0]["area"], found[0]["public"], found[1]["area"]) == ("0.1", True, "12345678901234567890.10")

    def test_latin_letters_in_cyrillic_words_are_cleaned_when_the_schema_says_so(self):
        assert read(HEADER + "Mектeп,1,,,,\n")[0][0]["code"] == "Мектеп"
        assert homoglyphs.cleaned("OpenДата iPhone ТОО Cыр") == "OpenДата iPhone ТОО Сыр"


class TestWrongValues:
    def row(self, **values):
        line = ",".join(str(values.get(name, "x" if name == "code" else "")) for name in TABLE.names)
        return fault(HEADER + line + "\n")

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("area", '"12,5"', "Write it as 12.5"),
            ("area", "NaN", "no number"),
            ("area", "Infinity", "no number"),
            ("area", "1 200.5", "Write it as 1200.5"),
            ("pupils", "12.0", "Write it as 12."),
            ("pupils", "-1", "less than 0"),
            ("pupils", "99999999999999999999", "no whole number"),
            ("opened", "24.11.2026", "Write it as 2026-11-24"),
            ("opened", "11/24/2026", "Write it as 2026-11-24"),
            ("opened", "2026/11/24", "Write it as 2026-11-24"),
            ("opened", "2026-02-30", "no date"),
            ("opened", "26-11-2024", "Write it as 2024-11-26"),
            ("public", "иә", "Write true / false"),
            ("region", "Алматы", "Did you mean “75 Алматы”"),
            ("code", '" "', "There is no value"),
        ],
    )
    def test_each_is_told_with_what_would_be_right(self, field, value, words):
        line, column, sentence = self.row(**{field: value})
        assert (line, column) == (2, field)
        assert words in sentence

    def test_a_date_that_two_countries_read_differently_is_not_guessed(self):
        assert "2026-02-01" not in self.row(opened="01/02/2026")[2]

    def test_all_wrong_rows_are_told_at_once(self):
        _, findings = read(HEADER + "a,x,y,z,w,v\nb,1\nc,1,,,,,,\n")
        assert sorted({line for line, _, _ in findings}) == [2, 3, 4]
        assert len(findings) == 7


CONTENTS = [
    ("", None, "empty"),
    ("\n", 1, "not the header"),
    ("Код;Ученики\n1;2\n", 1, "labels"),
    ("Коды,Ученики,,,,\n" + HEADER, 1, "line 2"),
    (HEADER + "Код,Ученики,area,,,\n", 2, "second header"),
    (HEADER.replace("area", "code"), 1, "more than once"),
    (HEADER + 'a,1,5" pipe,,,\nb,1,6" pipe,,,\n', 2, "inside a value"),
    (HEADER + 'a,1,,,,\nb,"1,,,,\nc,1,,,,\n', 3, "nothing closes it"),
    (HEADER.encode() + "Жол,1,,,,\n".encode("cp1251"), 2, "Windows-1251"),
    (HEADER.encode("utf-16"), None, "UTF-16"),
    (HEADER + "a\0,1,,,,\n", 2, "NUL"),
    (b"PK\x03\x04" + bytes(100), None, "XLSX"),
    (HEADER + "x" * 50_000_000 + ",1,,,,\n", 2, "longer than 8 MB"),
    (",".join(f"c{n}" for n in range(16_384)) + "\n", 1, "16384 columns"),
    (gzip.compress(HEADER.encode() * 2000)[:-9], None, "breaks off"),
    (gzip.compress(HEADER.encode())[:10] + b"\xff" * 30, None, "damaged"),
    (gzip.compress(HEADER.encode() + b"\n" * 40_000_000), None, "250 times"),
]


class TestWrongContent:
    @pytest.mark.parametrize(("content", "line", "words"), CONTENTS, ids=[words for _, _, words in CONTENTS])
    def test_is_refused_with_its_line_and_what_to_do(self, content, line, words):
        found = fault(content)
        assert found[0] == line
        assert words in found[2]

    def test_fewer_bytes_than_announced(self):
        assert "999 bytes were announced" in fault(HEADER + "a,1,,,,\n", expected=999)[2]

    def test_other_columns_are_refused_with_the_difference(self):
        content = HEADER.replace("opened", "opened_on").replace("pupils,", "")
        assert {sentence for _, _, sentence in read(content)[1]} == {
            "The field “opened” is called “opened_on” now. Send it as “opened”.",
            "These fields are missing: pupils. Send them too; leave the value empty where there is none.",
        }
        assert "schema:extend" in fault(HEADER.replace("\n", ",phone\n"))[2]
        assert read(HEADER.replace("\n", ",phone\n") + "a,1,,,,,7\n", may_extend=True)[0][0]["phone"] == "7"

    def test_ndjson_lines_are_told_one_by_one(self):
        good = json.dumps(dict.fromkeys(TABLE.names, None) | {"code": "a"})
        lines = [good, "no json", '{"code": "b", "code": "c"}', '{"code": {"a": 1}}', '{"colour": 1}', "[1]", ""]
        _, findings = read("\n".join([*lines, good.replace('"a"', "null")]), "ndjson", may_extend=False)
        # A key that no field has is a difference of the structure when it comes first, else of its row.
        assert "colour" in findings[0][2]
        lines.remove('{"colour": 1}')
        found, findings = read("\n".join([*lines, good.replace('"a"', "null")]), "ndjson")
        assert [line for line, _, _ in findings] == [2, 3, 5, 4, 7]
        assert [one["_line"] for one in found] == [1]


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from('\n",;'), max_size=20)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS, st.sampled_from(["", "1", "x"])), max_size=30), st.booleans())
def test_every_csv_that_python_writes_is_read_the_same(written, quoted):
    table = structure.parse(
        {"fields": [{"name": "a"}, {"name": "b"}, {"name": "c", "type": "integer"}], "primaryKey": "a"}
    )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerows([("a", "b", "c"), *written])
    found, findings = read(text.getvalue(), table=table)
    right = [(a.strip(), b.strip() or None, int(c) if c else None) for a, b, c in written if a.strip() and c != "x"]
    assert [(one["a"], one["b"], one["c"]) for one in found] == right
    assert len(found) + len({line for line, _, _ in findings}) == len(written)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail_otherwise_than_with_a_sentence(content):
    read(content)
    read(HEADER.encode() + content)
    read(content, "ndjson")
    read(b"\x1f\x8b" + content)
