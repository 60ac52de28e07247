"""Rows become records: values are found, translated, split and dated, and a row that can't be is told why."""

from __future__ import annotations

import json

import pytest
from ckanext.opengov.harvest.listing import Listing, SourceRow, content_hash
from ckanext.opengov.harvest.messages import SourceError
from ckanext.opengov.harvest.registry.mapping import FieldRule, RegistryMapping
from ckanext.opengov.harvest.registry.records import apply, check_columns
from hypothesis import given
from hypothesis import strategies as st


def rule(target="title", *columns, **options):
    return FieldRule(target, columns=columns, **options)


def make(values, *rules, key=("code",), **options):
    mapping = RegistryMapping(key=key, fields=rules, **options)
    listing = Listing(("code",), [SourceRow(7, {"code": "1", **values})])
    records, bad = apply(mapping, listing)
    return next(iter(records.values())).data if records else None, bad


@pytest.mark.parametrize(
    ("value", "made", "expected"),
    [
        (" Алматы ", rule("title", "c"), "Алматы"),
        (5, rule("title", "c"), "5"),
        (5.0, rule("title", "c"), "5"),
        (2.5, rule("title", "c"), "2.5"),
        (True, rule("title", "c"), "true"),
        (None, rule("title", "c"), None),
        ("", rule("title", "c", default="x"), "x"),
        ("a", rule("title", "c", values={"a": "A"}), "A"),
        ("b", rule("title", "c", values={"a": "A"}, default="B"), "B"),
        ("31.12.2026", rule("title", "c", date="%d.%m.%Y"), "2026-12-31"),
        ("a; b;;c", rule("tags", "c", split=";"), ["a", "b", "c"]),
        (["a", " b "], rule("tags", "c"), ["a", "b"]),
        ("a;b", rule("tags", "c", split=";", values={"a": "A", "b": "B"}), ["A", "B"]),
        ("", rule("tags", "c", split=";", default="x;y"), ["x", "y"]),
        ("и\u0306", rule("title", "c"), "й"),
    ],
)
def test_a_value_is_made_as_the_rule_says(value, made, expected):
    data, bad = make({"c": value}, made)
    assert not bad
    assert data == {made.target: expected}


def test_columns_are_joined_and_templates_filled():
    data, _ = make(
        {"a": "Айгүл", "b": "", "c": "2026"},
        rule("name", "a", "b", "c", joined_with=" "),
        rule("title", "a", "c", template="{a} ({c})"),
        rule("notes", constant="as it is"),
        rule("url", "b", template="https://example.org/{b}"),
    )
    assert data == {"name": "Айгүл 2026", "title": "Айгүл (2026)", "notes": "as it is", "url": None}


def test_a_template_does_not_fill_what_a_value_brings():
    data, _ = make({"a": "{c}", "c": "secret"}, rule("title", "a", "c", template="{a} {c}"))
    assert data == {"title": "(c) secret"}


def test_parts_of_a_field_are_put_together_and_files_without_address_left_out():
    data, _ = make(
        {"kk": "а", "ru": "", "file": "", "other": "https://example.org/a.csv"},
        rule("title_translated.kk", "kk"),
        rule("title_translated.ru", "ru"),
        resources=((rule("url", "file"),), (rule("url", "other"), rule("name", constant="Файл"))),
    )
    assert data == {
        "title_translated": {"kk": "а", "ru": None},
        "resources": [{"url": "https://example.org/a.csv", "name": "Файл"}],
    }


@pytest.mark.parametrize(
    ("value", "made", "reason"),
    [
        ("b", rule("title", "c", values={"a": "A"}), "“b” is not in the list of values of the mapping. It has: a."),
        ("2026-12-31", rule("title", "c", date="%d.%m.%Y"), "“2026-12-31” is not a date of the form %d.%m.%Y."),
        ({"x": 1}, rule("title", "c"), "One value is expected here"),
        ("a\x00b", rule("title", "c"), "characters that are not text"),
        ("\ud800", rule("title", "c"), "characters that are not text"),
    ],
)
def test_a_value_that_does_not_fit_is_reported_with_place_and_column(value, made, reason):
    data, bad = make({"c": value}, made)
    assert data is None
    assert (bad[0].place, bad[0].field, bad[0].key) == (7, "c", "1")
    assert reason in bad[0].message.plain()


def test_a_blank_or_double_key_is_reported_and_the_first_row_goes_in():
    rows = [SourceRow(place, {"code": code}) for place, code in ((2, "1"), (3, " "), (4, "1"), (5, "2"))]
    records, bad = apply(RegistryMapping(key=("code",), fields=()), Listing(("code",), rows))
    assert list(records) == ["1", "2"]
    assert [(row.place, row.key) for row in bad] == [(3, None), (4, "1")]
    assert "already stands in row 2" in bad[1].message.plain()


def test_keys_of_several_columns_can_t_be_mixed_up():
    rows = [SourceRow(2, {"a": "x", "b": "y z"}), SourceRow(3, {"a": "x y", "b": "z"})]
    records, bad = apply(RegistryMapping(key=("a", "b"), fields=()), Listing(("a", "b"), rows))
    assert not bad
    assert len(records) == 2


def test_a_list_without_a_mapped_column_is_refused_with_those_it_has():
    listing = Listing(("code", "title"), [SourceRow(2, {"code": "1", "title": "x"})])
    with pytest.raises(SourceError, match=r"that the mapping reads: name\. Its columns: code, title"):
        check_columns(RegistryMapping(key=("code",), fields=(rule("title", "name"),)), listing)


_plain = st.recursive(
    st.text() | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=5), _plain, max_size=5))
def test_the_hash_does_not_depend_on_the_order_of_names(data):
    backwards = dict(reversed(list(data.items())))
    assert content_hash(data) == content_hash(backwards)


@given(_plain, _plain)
def test_different_data_have_different_hashes(one, other):
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (content_hash(one) == content_hash(other)) is same


@given(st.lists(st.dictionaries(st.sampled_from(["code", "c"]), _plain), max_size=6))
def test_every_row_is_either_a_record_or_reported(rows):
    listing = Listing(("code", "c"), [SourceRow(place, values) for place, values in enumerate(rows, start=1)])
    mapping = RegistryMapping(key=("code",), fields=(rule("title", "c", split=","),))
    records, bad = apply(mapping, listing)
    assert sorted([*(record.place for record in records.values()), *(row.place for row in bad)]) == list(
        range(1, len(rows) + 1)
    )


@given(st.text(max_size=20))
def test_the_same_row_gives_the_same_record_twice(text):
    first, _ = make({"c": text}, rule("title", "c"))
    second, _ = make({"c": text}, rule("title", "c"))
    assert first == second
