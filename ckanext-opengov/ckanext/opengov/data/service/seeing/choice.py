"""What somebody chose to see, as it stands in an address: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.query.wish import NUMERIC, REGION, SPANS, TEMPORAL, TEXTUAL, Columns

TABLE, BARS, LINE, SLICES, MAP, REGIONS = "table", "bars", "line", "slices", "map", "regions"
VIEWS: Mapping[str, str] = {
    TABLE: N_("Table of rows"),
    BARS: N_("Bars"),
    LINE: N_("Line chart"),
    SLICES: N_("Slices of a whole"),
    MAP: N_("Points on the map"),
    REGIONS: N_("Regions"),
}
FIGURES: Mapping[str, str] = {
    "count": N_("Number of rows"),
    "sum": N_("Sum"),
    "avg": N_("Mean"),
    "min": N_("Least"),
    "max": N_("Most"),
    "median": N_("Median"),
    "distinct": N_("Number of different values"),
}
# Comparison → its words, and how data_query calls it.
COMPARISONS: Mapping[str, str] = {
    "eq": N_("is"),
    "ne": N_("is not"),
    "contains": N_("contains"),
    "starts": N_("begins with"),
    "ge": N_("at least"),
    "le": N_("at most"),
    "empty": N_("is empty"),
}
SPAN_TITLES: Mapping[str, str] = {
    "year": N_("by year"),
    "quarter": N_("by quarter"),
    "month": N_("by month"),
    "day": N_("by day"),
}
FILTERS = 3
FIGURE = "figure"
# So much of each fits on a page.
ROWS, MOST_BARS, MOST_POINTS, MOST_SLICES = 25, 30, 400, 6
_LONGEST = 200
_NEEDS_NUMBERS = frozenset({"sum", "avg", "median"})


@dataclass(frozen=True)
class Choice:
    """``group`` is a field, ``span`` how its values are put together; ``of`` is the field of the figure.

    ``window`` says where the map stands: latitude, longitude, zoom.
    """

    view: str = TABLE
    fields: tuple[str, ...] = ()
    filters: tuple[tuple[str, str, str], ...] = ()
    words: str = ""
    sort: str = ""
    group: str = ""
    span: str = ""
    figure: str = "count"
    of: str = ""
    cursor: str = ""
    window: tuple[str, str, str] = ("", "", "")

    def arguments(self, **changed: Any) -> list[tuple[str, str]]:
        """The parameters of the address."""
        one = replace(self, **changed)
        pairs = [("view", one.view)]
        pairs += [("field", name) for name in one.fields]
        for number, (name, comparison, value) in enumerate(one.filters):
            pairs += [(f"f{number}", name), (f"o{number}", comparison), (f"v{number}", value)]
        plain = {"q": one.words, "sort": one.sort, "group": one.group, "span": one.span, "of": one.of}
        plain |= {"figure": one.figure if one.figure != "count" else "", "cursor": one.cursor}
        plain |= dict(zip(("lat", "lon", "zoom"), one.window, strict=True))
        return [*pairs, *((name, value) for name, value in plain.items() if value)]

    def conditions(self) -> list[dict[str, Any]]:
        """The filters as ``data_query`` takes them."""
        return [
            {name: {comparison: True if comparison == "empty" else value}} for name, comparison, value in self.filters
        ]

    def rows(self) -> dict[str, Any]:
        """The question for rows."""
        return {
            "fields": list(self.fields),
            "filters": self.conditions(),
            "q": self.words,
            "sort": [self.sort] if self.sort else [],
        }

    def groups(self, sort: Iterable[str], limit: int) -> dict[str, Any]:
        """The question for groups with one figure."""
        figure = {"function": self.figure, **({"field": self.of} if self.of else {})}
        return {
            "filters": self.conditions(),
            "q": self.words,
            "group": [self.grouped],
            "aggregates": {FIGURE: figure},
            "sort": list(sort),
            "limit": limit,
        }

    @property
    def grouped(self) -> str:
        """The group with its span."""
        return f"{self.group}:{self.span}" if self.span else self.group


def chosen(given: Any, columns: Columns) -> Choice:
    """Read an address; what does not fit the table is left out, so an old link still shows something.

    :param given: the parameters, a MultiDict
    """
    view = given.get("view", TABLE)
    choice = Choice(
        view=view if view in VIEWS else TABLE,
        fields=tuple(dict.fromkeys(name for name in given.getlist("field") if name in columns)),
        filters=_filters(given, columns),
        words=given.get("q", "")[:_LONGEST].strip(),
        sort=_sort(given.get("sort", ""), columns),
        group=_known(given.get("group", ""), columns),
        figure=given.get("figure", "count"),
        of=_known(given.get("of", ""), columns),
        cursor=given.get("cursor", ""),
        window=tuple(given.get(name, "")[:20] for name in ("lat", "lon", "zoom")),  # pyright: ignore[reportArgumentType]
    )
    return _fitted(choice, given.get("span", ""), columns)


def _filters(given: Any, columns: Columns) -> tuple[tuple[str, str, str], ...]:
    found = []
    for number in range(FILTERS):
        name, comparison = given.get(f"f{number}", ""), given.get(f"o{number}", "eq")
        value = given.get(f"v{number}", "")[:_LONGEST].strip()
        if name in columns and comparison in COMPARISONS and (value or comparison == "empty"):
            found.append((name, comparison, value))
    return tuple(found)


def _sort(text: str, columns: Columns) -> str:
    return text if text in columns or (text.startswith("-") and text[1:] in columns) else ""


def _known(name: str, columns: Columns) -> str:
    return name if name in columns else ""


def _fitted(choice: Choice, span: str, columns: Columns) -> Choice:
    """Choose for the reader what they did not, so that each view shows something at once."""
    if choice.figure not in FIGURES or (choice.figure != "count" and not choice.of):
        choice = replace(choice, figure="count", of="")
    if choice.figure in _NEEDS_NUMBERS and columns[choice.of] not in NUMERIC:
        choice = replace(choice, figure="count", of="")
    if choice.view == SLICES and choice.figure not in ("count", "sum"):
        choice = replace(choice, figure="count")
    if choice.figure == "count":
        choice = replace(choice, of="")
    if choice.view in (BARS, LINE, SLICES, REGIONS) and not choice.group:
        choice = replace(choice, group=_likely(choice.view, columns))
    return replace(choice, span=_span(choice, span, columns))


def _span(choice: Choice, span: str, columns: Columns) -> str:
    if choice.view == REGIONS:
        return REGION if choice.group else ""
    kind = columns.get(choice.group, "")
    if kind in TEMPORAL:
        return span if span in SPANS else "year"
    is_step = span.isascii() and span.isdigit() and int(span[:12]) > 0 and len(span) <= 12
    return span if kind in NUMERIC and is_step else ""


def _likely(view: str, columns: Columns) -> str:
    """The field by which people would want to see this view."""
    if view == REGIONS:
        return next((name for name in columns if is_region(name)), "")
    if view == LINE:
        return next((name for name, kind in columns.items() if kind in TEMPORAL), next(iter(columns), ""))
    texts = [name for name, kind in columns.items() if kind in TEXTUAL or kind == "bool"]
    # The first text is mostly the name of each row; what comes after it tells rows apart by kind.
    return next((name for name in texts if is_region(name)), (texts[1:] or texts or list(columns) or [""])[0])


def is_region(name: str) -> bool:
    """Whether a field's name says that its values are regions."""
    low = name.lower()
    return any(word in low for word in ("kato", "region", "oblast", "регион", "область", "аймақ", "облыс"))
