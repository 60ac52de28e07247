"""What clients of the older portal ask, compiled to the same safe question as everybody else's."""

from __future__ import annotations

import contextlib
import json

import pytest
from ckanext.opengov.data.service.facade import source
from ckanext.opengov.data.service.finding import Faulty
from hypothesis import given
from hypothesis import strategies as st

COLUMNS = {"name": "text", "size": "int8", "opened": "date"}


def compiled(asked):
    return source.compiled(json.dumps(asked), COLUMNS)


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ({"match_all": {}}, []),
        ({"term": {"name": "a"}}, [{"name": "a"}]),
        ({"term": {"size": {"value": 5}}}, [{"size": 5}]),
        ({"terms": {"name": ["a", "b"]}}, [{"name": {"in": ["a", "b"]}}]),
        ({"range": {"size": {"gte": 1, "lt": 9}}}, [{"size": {"ge": 1, "lt": 9}}]),
        ({"range": {"opened": {"from": "2001-01-01", "format": "yyyy"}}}, [{"opened": {"ge": "2001-01-01"}}]),
        ({"match": {"name": "two words"}}, [{"name": {"words": "two words"}}]),
        (
            {"match": {"name": {"query": "x y", "operator": "and"}}},
            [{"name": {"words": "x"}}, {"name": {"words": "y"}}],
        ),
        ({"match": {"size": 5}}, [{"size": 5}]),
        ({"exists": {"field": "name"}}, [{"name": {"empty": False}}]),
        ({"bool": {"must": [{"term": {"name": "a"}}], "filter": {"exists": {"field": "size"}}}}, None),
    ],
)
def test_clauses(query, filters):
    found = compiled({"query": query}).question["filters"]
    assert found == (filters if filters is not None else [{"name": "a"}, {"size": {"empty": False}}])


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name:desc", ["-name"]),
        (["name", {"size": "desc"}], ["name", "-size"]),
        ([{"opened": {"order": "DESC"}}], ["-opened"]),
        ({"name": "asc"}, ["name"]),
        ("_score", []),
    ],
)
def test_sorts(sort, names):
    assert compiled({"sort": sort}).question["sort"] == names


@pytest.mark.parametrize("given_", [["name", "size"], "name,size", {"includes": ["name", "size"]}])
def test_chosen_fields(given_):
    assert compiled({"_source": given_}).question["fields"] == ["name", "size"]


def test_pages():
    asked = compiled({"from": "20", "size": 5, "search_after": ["a", 7, None, True]})
    assert (asked.start, asked.size, asked.after) == (20, 5, ("a", "7", None, "true"))
    assert source.compiled(None, COLUMNS) == source.Asked({"filters": [], "sort": [], "fields": []})


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {"aggs": {}},
        {"query": {"script": "1"}},
        {"query": {"term": {}, "match": {}}},
        {"query": {"term": "x"}},
        {"query": {"range": {"size": {"about": 1}}}},
        {"query": {"bool": {"should": []}}},
        {"from": -1},
        {"size": 1_000_000},
        {"sort": [5]},
        {"_source": 5},
        {"search_after": "a"},
    ],
)
def test_what_is_not_understood_is_told(wrong):
    with pytest.raises(Faulty):
        compiled(wrong)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda one: (
            st.lists(one)
            | st.dictionaries(
                st.sampled_from([*source.KEYS, *source.CLAUSES, "name", "size", "must", "gte"]) | st.text(), one
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_comes_is_read_or_refused(anything):
    with contextlib.suppress(Faulty):
        assert compiled(anything).size >= 0
