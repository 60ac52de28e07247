"""A Table Schema becomes a structure, or everything that is wrong with it is told at once."""

from __future__ import annotations

import pytest
from ckanext.opengov.data.service.finding import Faulty
from ckanext.opengov.data.service.structure import compare, parse

SCHOOLS = {
    "fields": [
        {"name": "code", "type": "string", "title_translated": {"kk": "Коды", "ru": "Код"}},
        {"name": "pupils", "type": "integer", "unit": "persons", "constraints": {"minimum": 0}},
        {"name": "opened", "type": "date"},
    ],
    "primaryKey": "code",
}


def changed(*fields, **more):
    return {**SCHOOLS, "fields": list(fields), **more}


def faults(descriptor):
    with pytest.raises(Faulty) as raised:
        parse(descriptor)
    return {one.place: one.text.format(**one.values) for one in raised.value.findings}


def test_a_right_schema_becomes_a_structure():
    structure = parse(SCHOOLS)
    assert structure.names == ("code", "pupils", "opened")
    assert structure.key == ("code",)
    assert structure.values == ("pupils", "opened")
    assert structure.field("pupils").column_type == "bigint"
    assert structure.field("code").labels == {"kk": "Коды", "ru": "Код"}


def test_all_faults_come_at_once_with_their_places():
    found = faults(
        changed(
            {"name": "code", "type": "string", "constraints": {"pattern": "(", "most": 1}},
            {"name": "мектеп"},
            {"name": "CODE", "type": "integer", "constraints": {"minimum": "much"}},
            {"name": "area", "type": "float"},
            {"name": "opened", "type": "date", "format": "dd.mm.yyyy", "title_translated": {"de": "Tag"}},
            primaryKey=["code", "number"],
            foreignKeys=[{"fields": "region"}],
        )
    )
    assert set(found) == {
        "fields.code.constraints.pattern",
        "fields.code.constraints.most",
        "fields[1].name",
        "fields.CODE",
        "fields.CODE.constraints.minimum",
        "fields.area.type",
        "fields.opened.format",
        "fields.opened.title_translated",
        "primaryKey",
        "foreignKeys[0]",
    }
    assert "number" in found["primaryKey"]
    assert "integer, number" in found["fields.area.type"]


@pytest.mark.parametrize("descriptor", [None, [], "text", {}, {"fields": []}, {"fields": "code"}, {"fields": [None]}])
def test_what_is_no_schema_is_refused_with_an_example(descriptor):
    assert faults(descriptor)


def test_a_number_is_no_key_because_it_can_be_written_in_several_ways():
    assert "several ways" in faults(changed({"name": "x", "type": "number"}, primaryKey="x"))["primaryKey"]


def test_too_many_fields_are_refused_without_reading_them():
    assert "16384" in faults(changed(*[{"name": f"f{n}"} for n in range(16_384)]))["fields"]


def test_a_pattern_that_could_hang_is_refused():
    looking = {"name": "code", "constraints": {"pattern": r"(?=a)b"}}
    assert "look-around" in faults(changed(looking))["fields.code.constraints.pattern"]


class TestDifference:
    old = parse(SCHOOLS)

    def to(self, *fields, **more):
        return compare(self.old, parse(changed(*fields, **more)))

    def test_new_optional_fields_break_nothing(self):
        difference = self.to(*SCHOOLS["fields"], {"name": "phone"})
        assert difference.as_dict() == {"added": ["phone"]}
        assert not difference.breaks

    def test_new_required_fields_do(self):
        difference = self.to(*SCHOOLS["fields"], {"name": "phone", "constraints": {"required": True}})
        assert difference.breaks
        assert "phone" in str(difference.findings())

    def test_renamed_removed_and_retyped_fields_are_told_apart(self):
        code, pupils, _ = SCHOOLS["fields"]
        difference = self.to(code, {**pupils, "type": "number"}, {"name": "opened_on", "type": "date"})
        assert difference.as_dict() == {
            "renamed": [{"from": "opened", "to": "opened_on"}],
            "retyped": [{"field": "pupils", "from": "integer", "to": "number"}],
        }
        assert self.to(code, pupils).removed == ("opened",)

    def test_another_key_breaks(self):
        assert self.to(*SCHOOLS["fields"], primaryKey=["code", "opened"]).breaks

    def test_labels_units_and_limits_may_change(self):
        code, pupils, opened = SCHOOLS["fields"]
        difference = self.to({**code, "title_translated": {"kk": "Код"}}, {**pupils, "constraints": {}}, opened)
        assert difference.as_dict() == {}
