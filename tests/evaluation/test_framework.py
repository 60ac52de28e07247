"""Frameworks: what is taken, and that everything wrong is told at once."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ckanext.opengov.evaluation.service import framework as frameworks
from ckanext.opengov.evaluation.service import shipped
from ckanext.opengov.evaluation.service.framework import WrongFramework

from tests.evaluation.frameworks_ground import leaf, tree


def faults(data: Any) -> list[tuple[str, str]]:
    with pytest.raises(WrongFramework) as caught:
        frameworks.read(data, {"dialog.answered_in_time"})
    return [(fault.where, str(fault.refusal)) for fault in caught.value.faults]


def test_what_was_read_and_written_is_the_same() -> None:
    read = frameworks.read(tree())
    assert frameworks.read(frameworks.plain(read)) == read
    assert list(read.indicators()) == ["reached", "complaints", "days", "council", "regions_only"]


def test_weights_of_99_9_are_told_with_their_parts() -> None:
    data = tree()
    leaf(data, "reached")["weight"] = 74.9
    assert faults(data) == [("goals.plans", "The weights must sum to 100; they sum to 99.9 (74.9 + 25).")]


def test_three_thirds_are_no_hundred_and_written_tenths_are_exact() -> None:
    data = tree()
    leaf(data, "reached")["weight"] = 66.7
    leaf(data, "complaints")["weight"] = 33.3
    assert frameworks.read(data)
    leaf(data, "complaints")["weight"] = 33.333333
    assert "100.033333" in faults(data)[0][1]


def test_everything_wrong_is_told_at_once() -> None:
    data = tree(name="Ещё")
    del leaf(data, "reached")["unit"]
    leaf(data, "complaints")["target"] = 60
    leaf(data, "days")["steps"] = [[5, 120]]
    leaf(data, "council")["key"] = "reached"
    leaf(data, "regions_only").update(source="automatic", automatic="moon.phase")
    told = faults(data)
    assert [where for where, _ in told] == [
        "name",
        "goals.plans.reached",
        "goals.plans.complaints",
        "citizens.answers.days",
        "citizens.openness",
        "citizens.openness.regions_only",
    ]
    assert "needs a unit" in told[1][1]
    assert "direction down the floor 50 and the target 60" in told[2][1]
    assert told[5][1] == "There is no automatic indicator “moon.phase”. Known: dialog.answered_in_time."


def test_a_cycle_in_yaml_and_one_of_parents_are_found() -> None:
    text = "name: a-b\ntitle: {en: A}\nblocks:\n- &one {key: x, title: {en: X}, weight: 100, children: [*one]}\n"
    assert any("cycle" in told for _, told in faults(yaml.safe_load(text)))
    nodes = [
        {"key": "a", "parent": "b", "title": {"en": "A"}, "weight": 100},
        {"key": "b", "parent": "a", "title": {"en": "B"}, "weight": 100},
        {"key": "c", "parent": "nowhere", "title": {"en": "C"}, "weight": 100},
    ]
    told = faults({"name": "ab", "title": {"en": "A"}, "nodes": nodes})
    assert [where for where, text in told if "cycle" in text] == ["a", "b"]
    assert ("c", "There is no node “nowhere” to hang this on.") in told


def test_a_flat_list_of_nodes_is_the_same_tree() -> None:
    def flat(nodes: list[dict[str, Any]], parent: str | None) -> list[dict[str, Any]]:
        found = []
        for node in nodes:
            own = {name: value for name, value in node.items() if name != "children"}
            found += [own | {"parent": parent}, *flat(node.get("children", []), node["key"])]
        return found

    data = tree()
    nodes = flat(data.pop("blocks"), None)
    assert frameworks.read(data | {"nodes": nodes}) == frameworks.read(tree())


@pytest.mark.parametrize("junk", [None, [], "x", 5, {"name": "x", "blocks": {}}, {"blocks": [[], None, {"key": 1}]}])
def test_junk_is_refused_with_words(junk: Any) -> None:
    assert faults(junk)


@pytest.mark.parametrize(
    "weight", [True, "ten", float("nan"), float("inf"), -5, 0, 10**20, "1e999", "0.00000001", [], {}]
)
def test_a_weight_that_is_none_is_refused(weight: Any) -> None:
    data = tree()
    leaf(data, "reached")["weight"] = weight
    assert any(where.startswith("goals.plans.reached") for where, _ in faults(data))


def test_the_frameworks_that_ship_are_whole_in_three_languages() -> None:
    for name in shipped.names():
        found = frameworks.read(shipped.data(name))
        texts = [found.title, found.about, found.basis]
        for block in found.blocks:
            texts += [block.title, *(child.title for child in block.children)]
            texts += [one for each in block.leaves() for one in (each.title, each.about)]
        assert all(set(text) == {"kk", "ru", "en"} for text in texts), name
    assert len(frameworks.read(shipped.data("kazakhstan")).blocks) == 3
