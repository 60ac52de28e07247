"""A small framework for tests: two blocks, three criteria, five indicators."""

from __future__ import annotations

import copy
from typing import Any

TREE: dict[str, Any] = {
    "name": "example",
    "title": {"en": "Example", "kk": "Мысал", "ru": "Пример"},
    "minimum": 10,
    "blocks": [
        {
            "key": "goals",
            "title": {"en": "Goals"},
            "weight": 60,
            "children": [
                {
                    "key": "plans",
                    "title": {"en": "Plans"},
                    "weight": 100,
                    "children": [
                        {
                            "key": "reached",
                            "title": {"en": "Targets reached"},
                            "weight": 75,
                            "unit": "%",
                            "target": 100,
                        },
                        {
                            "key": "complaints",
                            "title": {"en": "Complaints that were right"},
                            "weight": 25,
                            "unit": "%",
                            "direction": "down",
                            "target": 0,
                            "floor": 50,
                        },
                    ],
                }
            ],
        },
        {
            "key": "citizens",
            "title": {"en": "Citizens"},
            "weight": 40,
            "children": [
                {
                    "key": "answers",
                    "title": {"en": "Answers"},
                    "weight": 70,
                    "children": [
                        {
                            "key": "days",
                            "title": {"en": "Days to an answer"},
                            "weight": 100,
                            "unit": "days",
                            "direction": "down",
                            "scale": "steps",
                            "steps": [[5, 100], [10, 60], [15, 20]],
                        }
                    ],
                },
                {
                    "key": "openness",
                    "title": {"en": "Openness"},
                    "weight": 30,
                    "children": [
                        {
                            "key": "council",
                            "title": {"en": "Has a public council"},
                            "weight": 50,
                            "unit": "yes/no",
                            "scale": "yes_no",
                        },
                        {
                            "key": "regions_only",
                            "title": {"en": "Meetings of the akim"},
                            "weight": 50,
                            "unit": "meetings",
                            "target": 12,
                            "kinds": ["region"],
                        },
                    ],
                },
            ],
        },
    ],
}


def tree(**changes: Any) -> dict[str, Any]:
    """A copy to change."""
    return copy.deepcopy(TREE) | changes


def leaf(data: dict[str, Any], key: str) -> dict[str, Any]:
    """One node of a tree, to change it."""

    def find(nodes: list[dict[str, Any]]) -> dict[str, Any] | None:
        for node in nodes:
            if node["key"] == key:
                return node
            if found := find(node.get("children", [])):
                return found
        return None

    found = find(data["blocks"])
    assert found is not None
    return found
