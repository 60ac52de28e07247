"""Where the comments on an old version stand in the new one.

A comment is anchored by the eId of its part and, when it quotes words, by the quote with some letters before and after
it, as in the TextQuoteSelector of the W3C Web Annotation Data Model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ckanext.opengov.regulation.service.document.tree import Part
from ckanext.opengov.regulation.service.versions import wording
from ckanext.opengov.regulation.service.versions.comparing import Comparison, Row, Status

Mark = Literal["same", "changed", "moved", "deleted"]
# As much of a quote must be left for its place to count as changed rather than deleted.
LEFT = 0.4
# A shorter quote may stand anywhere by chance.
TELLING = 20
# Of these signs the context is compared.
CONTEXT = 32


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a comment is about in the old version.

    :param eid: of the part; empty for the act as a whole
    :param quote: words of the part's text, empty when the comment is on the whole part
    :param quote_start: where they begin; looked up by the letters around them when it does not fit
    :param before: letters before the quote
    :param after: letters after it
    """

    eid: str
    quote: str = ""
    quote_start: int | None = None
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a comment stands now.

    :param mark: what became of its place; a place that was moved and changed is ``changed``
    :param eid: of the part in the new version, None when that part is gone
    :param above: of the next part above a gone one that is still there, empty for the act itself
    :param start: of the quoted words in the part's text, None without a quote or when they are gone
    :param is_text_same: whether the words at that place are the ones that were commented on
    :param is_sure: false when the place was found by likeness only, or the anchor did not fit its own version
    """

    mark: Mark
    eid: str | None
    start: int | None = None
    end: int | None = None
    is_text_same: bool = False
    is_sure: bool = True
    above: str = ""


class Attaching:
    """Places comments of one version in the next one."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self._texts = [(row.new.eid, row.new.text) for row in comparison.rows if row.new and row.new.text]
        self._runs: dict[str, list[wording.Kept]] = {}

    def land(self, anchor: Anchor) -> Landing:
        """The place of a comment in the new version."""
        if not anchor.eid:
            same = self.comparison.is_same
            return Landing("same" if same else "changed", "", is_text_same=same)
        row = self.comparison.by_old.get(anchor.eid)
        if row is None:
            return Landing("deleted", None, is_sure=False)
        if row.new is None:
            return self._found_elsewhere(anchor) or Landing("deleted", None, above=self._above(anchor.eid))
        if not anchor.quote:
            return _whole(row, row.new)
        return self._quoted(anchor, row, row.new)

    def _above(self, eid: str) -> str:
        """The next part above that is still there."""
        while eid := self.comparison.parents.get(eid, ""):
            row = self.comparison.by_old.get(eid)
            if row is not None and row.new is not None:
                return row.new.eid
        return ""

    def _quoted(self, anchor: Anchor, row: Row, new: Part) -> Landing:
        old = row.old
        assert old is not None  # noqa: S101 - the row was found by its old part
        start = located(old.text, anchor)
        if start is None:
            return self._quoted_heading(anchor, row, new)
        end = start + len(anchor.quote)
        kept = [run for run in self._kept(old, new) if run.end > start and run.start < end]
        left = sum(min(run.end, end) - max(run.start, start) for run in kept)
        if left < len(anchor.quote) * LEFT:
            return self._found_elsewhere(anchor) or Landing("deleted", new.eid)
        first, last = kept[0], kept[-1]
        begin = first.place + max(start - first.start, 0)
        finish = last.place + min(end, last.end) - last.start
        # Words put in right before or after it change that place too.
        left = len(old.text[:start].rstrip())
        right = len(old.text) - len(old.text[end:].lstrip())
        is_joined = first.start < left if left else not new.text[:begin].strip()
        is_joined &= last.end > right if right < len(old.text) else not new.text[finish:].strip()
        is_same = is_joined and new.text[begin:finish] == anchor.quote
        return Landing(_mark(row, is_same), new.eid, begin, finish, is_same)

    def _kept(self, old: Part, new: Part) -> list[wording.Kept]:
        if old.eid not in self._runs:
            self._runs[old.eid] = wording.kept_runs(old.text, new.text)
        return self._runs[old.eid]

    def _quoted_heading(self, anchor: Anchor, row: Row, new: Part) -> Landing:
        """A quote of the heading, or one that its own version does not have."""
        old = row.old
        if old is not None and anchor.quote in old.heading:
            is_same = anchor.quote in new.heading
            return Landing(_mark(row, is_same), new.eid, is_text_same=is_same)
        whole = _whole(row, new)
        return Landing(whole.mark, whole.eid, is_text_same=whole.is_text_same, is_sure=False)

    def _found_elsewhere(self, anchor: Anchor) -> Landing | None:
        """The quoted words in another part, when they stand in one place only."""
        if len(anchor.quote) < TELLING:
            return None
        found = [(eid, text) for eid, text in self._texts if anchor.quote in text]
        if len(found) != 1:
            return None
        eid, text = found[0]
        start = located(text, anchor) or 0
        return Landing("moved", eid, start, start + len(anchor.quote), is_text_same=True, is_sure=False)


def _mark(row: Row, is_same: bool) -> Mark:
    if not is_same:
        return "changed"
    return "moved" if row.status == Status.MOVED else "same"


def _whole(row: Row, new: Part) -> Landing:
    """A comment on a part with all that stands under it."""
    return Landing(_mark(row, row.is_whole_same), new.eid, is_text_same=row.is_whole_same)


def located(text: str, anchor: Anchor) -> int | None:
    """Where the quote begins in a text: of several places the one whose surroundings fit best."""
    known = anchor.quote_start
    if known is not None and text.startswith(anchor.quote, known) and not (anchor.before or anchor.after):
        return known
    places: list[int] = []
    at = text.find(anchor.quote)
    while at >= 0:
        places.append(at)
        at = text.find(anchor.quote, at + 1)
    if not places:
        return None
    return max(places, key=lambda place: (_fit(text, place, anchor), place == known))


def _fit(text: str, place: int, anchor: Anchor) -> int:
    end = place + len(anchor.quote)
    before, after = anchor.before[-CONTEXT:], anchor.after[:CONTEXT]
    return _common(text[max(place - CONTEXT, 0) : place][::-1], before[::-1]) + _common(
        text[end : end + CONTEXT], after
    )


def _common(first: str, second: str) -> int:
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count
