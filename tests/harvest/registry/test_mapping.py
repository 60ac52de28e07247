"""A mapping is read, or refused with the line, the field and what would be right."""

from __future__ import annotations

from textwrap import dedent

import pytest
import yaml
from ckanext.opengov.harvest.registry.document import MappingError
from ckanext.opengov.harvest.registry.mapping import RegistryMapping, Vocabulary, parse, template_columns
from hypothesis import given
from hypothesis import strategies as st

LANGUAGES = ("kk", "ru", "en")
WORDS = Vocabulary(
    types={
        "dataset": {"title_translated": LANGUAGES, "title": (), "tags": (), "url": ()},
        "public_service": {"title": ()},
    },
    resource_fields={"dataset": {"url": (), "name": ()}},
)


def read(text: str) -> RegistryMapping:
    return parse(dedent(text), WORDS)


def told(text: str) -> list[tuple[int, str, str]]:
    """What is said of a text: nothing when it is a mapping."""
    try:
        parse(text, WORDS)
    except MappingError as error:
        return [(fault.line, fault.field, fault.message.plain()) for fault in error.errors]
    return []


def faults(text: str) -> list[tuple[int, str, str]]:
    found = told(dedent(text))
    assert found, "the mapping was taken"
    return found


def test_the_shortest_mapping_needs_a_key_and_a_field():
    mapping = read("""
        key: code
        fields:
          title: name
    """)
    assert mapping.type == "dataset"
    assert mapping.key == ("code",)
    assert mapping.vanished == "withdraw"
    assert mapping.columns == {"code", "name"}


def test_everything_a_mapping_can_say_is_understood():
    mapping = read("""
        type: dataset
        rows: {path: data.items, format: json}
        key: [region, code]
        agency: {from: owner, values: {МОН: ministry-of-education}}
        fields:
          title_translated.kk: name_kk
          title_translated.ru: {from: name_ru, default: Без названия}
          tags: {from: keywords, split: ";"}
          url: {template: "https://example.org/{code}"}
        resource:
          - url: file_url
            name: {constant: Таблица}
        vanished: keep
        shape: [region, code]
    """)
    assert mapping.key == ("region", "code")
    assert mapping.rows.path == "data.items"
    assert mapping.agency is not None
    assert mapping.agency.values == {"МОН": "ministry-of-education"}
    assert mapping.resources[0][0].columns == ("file_url",)
    assert mapping.columns >= {"region", "code", "owner", "name_kk", "keywords", "file_url"}
    assert mapping.vanished == "keep"
    assert mapping.shape == ("region", "code")


def test_what_yaml_would_take_for_a_number_or_a_truth_is_text():
    mapping = read("""
        key: 2026
        fields:
          title: {from: no, values: {yes: 1.10, 01: off}}
    """)
    assert mapping.key == ("2026",)
    assert mapping.fields[0].columns == ("no",)
    assert mapping.fields[0].values == {"yes": "1.10", "01": "off"}


def test_an_unknown_name_is_refused_with_the_nearest_known_one():
    found = faults("""\
        key: code
        feilds:
          title: name
        fields:
          title: name
    """)
    assert found == [(2, "feilds", "“feilds” is not known here. Did you mean “fields”?")]


def test_an_unknown_field_is_refused_with_the_nearest_known_one():
    found = faults("""\
        key: code
        fields:
          titel: name
    """)
    assert found == [(3, "fields.titel", "“titel” is not known here. Did you mean “title”?")]


def test_all_mistakes_are_told_at_once():
    found = faults("""\
        agency: [a, b]
        key:
        fields:
          title: {from: a, constant: b}
          title_translated: c
          title_translated.de: d
        vanished: remove
    """)
    assert [(line, field) for line, field, _ in found] == [
        (1, "agency"),
        (2, "key"),
        (4, "fields.title"),
        (5, "fields.title_translated"),
        (6, "fields.title_translated.de"),
        (7, "vanished"),
    ]


@pytest.mark.parametrize("name", ["id", "type", "owner_org", "state", "private", "resources", "extras"])
def test_what_the_portal_sets_itself_can_t_be_mapped(name):
    found = faults(f"""\
        key: code
        fields:
          title: name
          {name}: other
    """)
    assert (found[0][0], found[0][1]) == (4, f"fields.{name}")
    assert "set by the portal itself" in found[0][2]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("{from: [a, b]}", "Several columns need join"),
        ("{from: a, date: day}", "how the source writes a date"),
        ("{template: no braces}", "names of columns in braces"),
        ("{template: 'open {brace'}", "names of columns in braces"),
        ("{default: x}", "exactly one of"),
        ("{from: a, values: [b]}", "value of the source: value of the portal"),
        ("{from: {a: b}}", "name of a column"),
        ("{form: a}", "Did you mean “from”?"),
        ("[a, b]", "name: value"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(rule, reason):
    found = faults(f"""\
        key: code
        fields:
          title: {rule}
    """)
    assert any(line == 3 and reason in message for line, _, message in found), found


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("key: [a\nfields: {", 2, "not valid YAML"),
        ("key: a\nkey: b\nfields: {title: c}", 2, "twice"),
        ("key: &k a\nfields: {title: *k}", 1, "References"),
        ("- a\n- b", 1, "name: value"),
        ("", 1, "name: value"),
        ("just words", 1, "name: value"),
        ("key: " + "a" * 70_000, 1, "longer than"),
        ("rows: " + "[" * 40 + "]" * 40, 1, "nested too deeply"),
        ("? [a, b]\n: c", 1, "A name is expected"),
        ("rows: {header: first}\nkey: a\nfields: {title: b}", 1, "number of the row"),
        ("rows: {delimiter: '||'}\nkey: a\nfields: {title: b}", 1, "One character"),
        ("rows: {format: xml}\nkey: a\nfields: {title: b}", 1, "is not known here"),
        ("key: a\nfields: {title: b}\nresource: {name: c}", 3, "A file needs its address"),
        ("type: public_service\nkey: a\nfields: {title: b}\nresource: {url: c}", 4, "have no files"),
        ("key: a", 1, "which column goes into which field"),
    ],
)
def test_what_is_no_mapping_is_refused_with_its_line(text, line, reason):
    found = faults(text)
    assert any(found_line == line and reason in message for found_line, _, message in found), found


@given(st.text(max_size=300))
def test_no_text_at_all_breaks_the_reader(text):
    assert all(line >= 1 for line, _, _ in told(text))


NAMES = ["key", "fields", "title", "from", "rows", "agency", "values", "x"]
_scalars = st.text(max_size=8) | st.integers() | st.booleans() | st.none()
_documents = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["key", "fields", "title", "from", "rows", "agency", "values", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(_documents)
def test_no_structure_at_all_breaks_the_reader(document):
    assert all(message for _, _, message in told(yaml.safe_dump(document, allow_unicode=True)))


@given(st.text(alphabet="ab{} ", max_size=20))
def test_a_template_names_columns_or_is_refused(template):
    columns = template_columns(template)
    if columns is not None:
        assert all("{" + column + "}" in template for column in columns)
