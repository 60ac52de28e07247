"""The codes of each axis as a tree whose leaves are numbered, so that everything below a node is a range. Pure.

A line keeps the number of its path on each axis. A node has the numbers of its first and its last path: to add up
what lies below it is one comparison, however deep the tree is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from ckanext.opengov.budget.service.lines import codelists
from ckanext.opengov.budget.service.lines.axes import ANY, LANGUAGES, code_column, name_column

PATH, CODE, DEPTH, FIRST, LAST = "path", "code", "depth", "first", "last"
NAMES = [f"name_{language}" for language in (*LANGUAGES, ANY)]
NODE_SCHEMA = {
    "axis": pl.String,
    DEPTH: pl.UInt8,
    PATH: pl.String,
    CODE: pl.String,
    **dict.fromkeys(NAMES, pl.String),
    FIRST: pl.UInt32,
    LAST: pl.UInt32,
}
_PLAIN = re.compile(r"^[\w.\-]{1,40}$")
_SEPARATOR = codelists.SEPARATOR


@dataclass
class Tree:
    """``paths``: the codes of each number; ``nodes``: of all depths, with names and ranges."""

    axis: str
    codes: list[str]
    paths: pl.DataFrame
    nodes: pl.DataFrame


def segment(code: str) -> str:
    """A code as part of an address: itself when it is short and plain, else a short hash of it."""
    if _PLAIN.match(code):
        return code
    return f"~{hashlib.sha256(code.encode()).hexdigest()[:12]}"


def build(axis: str, places: Sequence[int], found: Sequence[pl.DataFrame], listed: str | None) -> Tree:
    """The tree of an axis.

    :param places: which steps of the axis the file has
    :param found: distinct paths with their names, of each piece
    :param listed: the list of codes that names come from where the file has none
    """
    codes = [code_column(axis, place) for place in places]
    rows = pl.concat(found, how="diagonal").unique(subset=codes, keep="first", maintain_order=True)
    paths = rows.select(codes).sort(codes, nulls_last=False)
    paths = paths.with_columns(pl.int_range(paths.height, dtype=pl.UInt32).alias("number"))
    nodes = _nodes(axis, places, codes, rows.join(paths, on=codes, how="left", nulls_equal=True))
    if listed:
        nodes = _named(nodes, codelists.get(axis, listed))
    return Tree(axis, codes, paths, nodes)


def _nodes(axis: str, places: Sequence[int], codes: list[str], rows: pl.DataFrame) -> pl.DataFrame:
    parts = []
    for depth in range(1, len(codes) + 1):
        above = codes[:depth]
        names = [
            pl.col(column).drop_nulls().first().alias(f"name_{language}")
            if (column := name_column(axis, places[depth - 1], language)) in rows.columns
            else pl.lit(None, pl.String).alias(f"name_{language}")
            for language in (*LANGUAGES, ANY)
        ]
        grouped = (
            rows.filter(pl.col(above[-1]).is_not_null())
            .group_by(above)
            .agg(*names, pl.col("number").min().alias(FIRST), pl.col("number").max().alias(LAST))
        )
        parts.append(_addressed(grouped, axis, depth, above))
    return pl.concat(parts).sort(DEPTH, FIRST) if parts else pl.DataFrame(schema=NODE_SCHEMA)


def _addressed(grouped: pl.DataFrame, axis: str, depth: int, above: list[str]) -> pl.DataFrame:
    segments = []
    for name in above:
        distinct = grouped[name].drop_nulls().unique()
        known = {code: segment(code) for code in distinct.to_list()}
        plain = pl.col(name).replace_strict(known, default="", return_dtype=pl.String) if known else pl.lit("")
        segments.append(plain.fill_null(""))
    return grouped.select(
        pl.lit(axis).alias("axis"),
        pl.lit(depth, pl.UInt8).alias(DEPTH),
        pl.concat_str(segments, separator=_SEPARATOR).alias(PATH),
        pl.col(above[-1]).alias(CODE),
        *NAMES,
        FIRST,
        LAST,
    )


def _named(nodes: pl.DataFrame, known: codelists.CodeList) -> pl.DataFrame:
    """Names of the list where the file has none in that language."""
    for language in LANGUAGES:
        names = {path: texts[language] for path, texts in known.nodes.items() if texts.get(language)}
        listed = pl.col(PATH).replace_strict(names, default=None, return_dtype=pl.String)
        nodes = nodes.with_columns(pl.coalesce(f"name_{language}", listed).alias(f"name_{language}"))
    return nodes


def numbered(lines: pl.DataFrame, trees: Mapping[str, Tree]) -> pl.DataFrame:
    """Lines with the number of their path on each axis, instead of the codes."""
    for axis, tree in trees.items():
        own = tree.paths.rename({"number": axis})
        lines = lines.join(own, on=tree.codes, how="left", nulls_equal=True, maintain_order="left").drop(tree.codes)
    return lines


def depths(tree: Tree) -> pl.DataFrame:
    """Of each number how many codes its path has, and the path as it stands in addresses."""
    depth = pl.sum_horizontal([pl.col(name).is_not_null() for name in tree.codes]).cast(pl.UInt8).alias(DEPTH)
    own = tree.paths.select("number", depth)
    named = tree.nodes.select(DEPTH, FIRST, PATH)
    # A shorter path sorts before those that it begins: it is the first of its node.
    return own.join(named, left_on=[DEPTH, "number"], right_on=[DEPTH, FIRST], how="left").sort("number")


def lookup(nodes: pl.DataFrame, depth: int, size: int) -> pl.Series:
    """For each number the place of its node among those of a depth; null where the path is shorter.

    :param nodes: of one axis
    :param size: how many numbers there are
    """
    at = nodes.filter(pl.col(DEPTH) == depth)
    places = np.full(size, -1, dtype=np.int64)
    lengths = (at[LAST] - at[FIRST] + 1).to_numpy().astype(np.int64)
    starts = at[FIRST].to_numpy().astype(np.int64)
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    places[np.repeat(starts, lengths) + within] = np.repeat(np.arange(at.height), lengths)
    series = pl.Series("place", places)
    return series.set(series < 0, None).cast(pl.UInt32)


def paths_of(nodes: pl.DataFrame, size: int) -> pl.Series:
    """For each number its path as it stands in addresses; empty where the line has no code on this axis.

    :param nodes: of one axis
    """
    paths = pl.Series([""], dtype=pl.String).new_from_index(0, size)
    for depth in nodes[DEPTH].unique().sort().to_list():
        known = nodes.filter(pl.col(DEPTH) == depth)[PATH].gather(lookup(nodes, depth, size))
        paths = pl.select(pl.coalesce(known, paths)).to_series()
    return paths.alias("path")
