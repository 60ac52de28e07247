"""A framework as a tree of blocks, criteria and indicators: read from data and checked, every fault told at once. Pure.

The data are a mapping with nested ``blocks``, or with a flat list of ``nodes`` that name their ``parent``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from ckanext.opengov.civic.service.refusal import N_, Refusal

LANGUAGES = ("kk", "ru", "en")
KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
NAME = re.compile(r"[a-z][a-z0-9-]{1,59}")
MOST_NODES = 500
HUNDRED = Decimal(100)
LEVELS = ("block", "criterion", "indicator")
DEFAULT_MINIMUM = 10
LARGEST_MINIMUM = 10_000


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"


class Scale(StrEnum):
    """How a value becomes points."""

    LINEAR = "linear"
    STEPS = "steps"
    YES_NO = "yes_no"


class Source(StrEnum):
    """Where a value comes from."""

    ENTERED = "entered"
    SURVEY = "survey"
    AUTOMATIC = "automatic"


class Kind(StrEnum):
    """Kinds of agency; also the groups of peers that are ranked together."""

    CENTRAL = "central"
    REGION = "region"
    DISTRICT = "district"


KINDS: Mapping[Kind, str] = {
    Kind.CENTRAL: N_("Central agencies"),
    Kind.REGION: N_("Akimats"),
    Kind.DISTRICT: N_("Departments of akimats"),
}
SOURCES: Mapping[Source, str] = {
    Source.ENTERED: N_("Entered by the agency, checked by an evaluator"),
    Source.SURVEY: N_("Survey"),
    Source.AUTOMATIC: N_("Computed by the portal"),
}


@dataclass(frozen=True)
class Indicator:
    """A leaf of the tree: what is measured, and how it becomes points from 0 to 100."""

    key: str
    title: Mapping[str, str]
    weight: Decimal
    unit: str
    direction: Direction
    scale: Scale
    source: Source
    kinds: frozenset[Kind]
    # Linear: points are 0 at the floor and 100 at the target.
    target: Decimal | None = None
    floor: Decimal | None = None
    # Steps: bound → points; see arithmetic.points.
    steps: tuple[tuple[Decimal, Decimal], ...] = ()
    # Automatic: component and name of the indicator in its manifest.
    automatic: str | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    basis: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Branch:
    """A block, or a criterion of one."""

    key: str
    title: Mapping[str, str]
    weight: Decimal
    children: tuple[Branch | Indicator, ...]

    def leaves(self) -> Iterator[Indicator]:
        """The indicators below."""
        for child in self.children:
            if isinstance(child, Branch):
                yield from child.leaves()
            else:
                yield child


@dataclass(frozen=True)
class Framework:
    """The whole tree."""

    name: str
    title: Mapping[str, str]
    about: Mapping[str, str]
    basis: Mapping[str, str]
    # Automatic indicators and ratings with fewer cases are not rated.
    minimum: int
    blocks: tuple[Branch, ...]

    def indicators(self) -> dict[str, Indicator]:
        """Key → indicator, in the order of the tree."""
        return {leaf.key: leaf for block in self.blocks for leaf in block.leaves()}

    def automatic(self) -> dict[str, str]:
        """Key → name of the automatic indicator that it takes."""
        return {key: leaf.automatic for key, leaf in self.indicators().items() if leaf.automatic}


@dataclass(frozen=True)
class Fault:
    """Something wrong in the data of a framework, and where."""

    where: str
    refusal: Refusal


class WrongFramework(Refusal):
    """All that is wrong with the data of a framework."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(N_("The framework has {number} faults."), number=len(faults))
        self.faults = tuple(faults)


def read(data: Any, known_automatic: Iterable[str] | None = None) -> Framework:
    """The framework that the data describe.

    :param known_automatic: the names of automatic indicators that there are; None to take any
    :raises WrongFramework: with every fault
    """
    reader = _Reader(None if known_automatic is None else frozenset(known_automatic))
    found = reader.framework(data)
    if reader.faults or found is None:
        raise WrongFramework(reader.faults)
    return found


class _Reader:
    """Reads data and keeps what is wrong with them."""

    def __init__(self, known: frozenset[str] | None) -> None:
        self.faults: list[Fault] = []
        self._known = known
        self._keys: set[str] = set()
        self._count = 0

    def wrong(self, where: str, text: str, **values: Any) -> None:
        self.faults.append(Fault(where, Refusal(text, **values)))

    def framework(self, data: Any) -> Framework | None:
        if not isinstance(data, Mapping):
            self.wrong("framework", N_("A framework is a mapping with name, title and blocks."))
            return None
        name = data.get("name")
        if not isinstance(name, str) or not NAME.fullmatch(name):
            self.wrong("name", N_("A name such as open-government is needed: small Latin letters, digits, dashes."))
        blocks = self._blocks(data)
        self._check_sum("blocks", blocks)
        return Framework(
            name=str(name),
            title=self._texts("title", data.get("title")),
            about=self._texts("about", data.get("about"), required=False),
            basis=self._texts("basis", data.get("basis"), required=False),
            minimum=self._minimum(data.get("minimum", DEFAULT_MINIMUM)),
            blocks=tuple(block for block in blocks if isinstance(block, Branch)),
        )

    def _minimum(self, given: Any) -> int:
        if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= LARGEST_MINIMUM:
            return given
        text = N_("The smallest number of cases is a whole number from 1 to {most}, not {given}.")
        self.wrong("minimum", text, most=LARGEST_MINIMUM, given=repr(given)[:40])
        return DEFAULT_MINIMUM

    def _blocks(self, data: Mapping[str, Any]) -> list[Branch | Indicator]:
        given = data.get("blocks")
        if given is None and isinstance(data.get("nodes"), Sequence):
            given = self._nested(data["nodes"])
        if not isinstance(given, list) or not given:
            self.wrong("blocks", N_("At least one block is needed, as a list."))
            return []
        return [found for one in given if (found := self._node(one, 0, "", ())) is not None]

    def _nested(self, nodes: Sequence[Any]) -> list[dict[str, Any]]:
        """A flat list with parents, as a tree; nodes that hang on themselves are told and left out."""
        known = {str(one.get("key")): dict(one) for one in nodes if isinstance(one, Mapping)}
        roots = []
        for key, one in known.items():
            parent = one.get("parent")
            if not parent:
                roots.append(one)
            elif parent not in known:
                self.wrong(key, N_("There is no node “{parent}” to hang this on."), parent=str(parent)[:60])
            elif self._hangs_on_itself(key, known):
                self.wrong(key, N_("This node hangs on itself: a cycle of parents."))
            else:
                known[parent].setdefault("children", []).append(one)
        return roots

    @staticmethod
    def _hangs_on_itself(key: str, known: Mapping[str, Mapping[str, Any]]) -> bool:
        seen, above = {key}, str(known[key].get("parent"))
        while above in known:
            if above in seen:
                return True
            seen.add(above)
            above = str(known[above].get("parent"))
        return False

    def _node(self, one: Any, level: int, above: str, path: tuple[int, ...]) -> Branch | Indicator | None:
        where = above or LEVELS[0]
        self._count += 1
        if self._count > MOST_NODES:
            if self._count == MOST_NODES + 1:
                self.wrong(where, N_("A framework has at most {most} nodes."), most=MOST_NODES)
            return None
        if not isinstance(one, Mapping):
            self.wrong(where, N_("Each {level} is a mapping with key, title and weight."), level=LEVELS[level])
            return None
        if id(one) in path:
            self.wrong(where, N_("This node hangs on itself: a cycle of parents."))
            return None
        key = self._key(one.get("key"), where)
        where = f"{above}.{key}" if above else key
        title, weight = self._texts(f"{where}.title", one.get("title")), self._weight(where, one.get("weight"))
        if level == 2:
            return self._leaf(one, key, where, title, weight)
        return Branch(key, title, weight, self._children(one, level, where, (*path, id(one))))

    def _children(
        self, one: Mapping[str, Any], level: int, where: str, path: tuple[int, ...]
    ) -> tuple[Branch | Indicator, ...]:
        given = one.get("children")
        if not isinstance(given, list) or not given:
            self.wrong(
                where,
                N_("A {level} needs at least one {below} in children."),
                level=LEVELS[level],
                below=LEVELS[level + 1],
            )
            return ()
        found = [made for child in given if (made := self._node(child, level + 1, where, path)) is not None]
        self._check_sum(where, found)
        return tuple(found)

    def _check_sum(self, where: str, nodes: Sequence[Branch | Indicator]) -> None:
        total = sum((node.weight for node in nodes), Decimal(0))
        if nodes and total != HUNDRED:
            parts = " + ".join(str(node.weight) for node in nodes)
            self.wrong(
                where, N_("The weights must sum to 100; they sum to {total} ({parts})."), total=total, parts=parts
            )

    def _key(self, given: Any, where: str) -> str:
        if not isinstance(given, str) or not KEY.fullmatch(given):
            text = N_(
                "A key such as answered_in_time is needed: small Latin letters, digits, underscores; not {given}."
            )
            self.wrong(where, text, given=repr(given)[:40])
            return str(given)[:40]
        if given in self._keys:
            self.wrong(where, N_("The key “{key}” is there twice."), key=given)
        self._keys.add(given)
        return given

    def _texts(self, where: str, given: Any, *, required: bool = True) -> dict[str, str]:
        texts = given if isinstance(given, Mapping) else {}
        found = {code: str(texts[code]).strip() for code in LANGUAGES if str(texts.get(code) or "").strip()}
        if required and not found:
            self.wrong(where, N_("A text in kk, ru or en is needed."))
        return found

    def _decimal(self, where: str, given: Any) -> Decimal | None:
        """An exact number; what a computer keeps as 0.1 is the tenth that was written."""
        try:
            found = None if isinstance(given, bool) else Decimal(str(given).strip())
        except InvalidOperation:
            found = None
        if found is None or not found.is_finite() or abs(found) > Decimal(10) ** 12 or _places(found) > 6:
            self.wrong(
                where, N_("{given} is no number with at most six places after the point."), given=repr(given)[:40]
            )
            return None
        return found

    def _weight(self, where: str, given: Any) -> Decimal:
        if given is None:
            self.wrong(where, N_("The weight is missing."))
            return Decimal(0)
        found = self._decimal(f"{where}.weight", given)
        if found is not None and not 0 < found <= HUNDRED:
            self.wrong(f"{where}.weight", N_("A weight is more than 0 and at most 100, not {given}."), given=found)
        return found or Decimal(0)

    def _leaf(self, one: Mapping[str, Any], key: str, where: str, title: dict[str, str], weight: Decimal) -> Indicator:
        unit = str(one.get("unit") or "").strip()
        if not unit or len(unit) > 60:
            self.wrong(where, N_("An indicator needs a unit, such as %, days or points."))
        scale = self._one_of(Scale, where, "scale", one.get("scale", Scale.LINEAR))
        direction = self._one_of(Direction, where, "direction", one.get("direction", Direction.UP))
        source = self._one_of(Source, where, "source", one.get("source", Source.ENTERED))
        target, floor = self._ends(one, where, scale, direction)
        return Indicator(
            key=key,
            title=title,
            weight=weight,
            unit=unit,
            direction=direction,
            scale=scale,
            source=source,
            kinds=self._kinds(one.get("kinds"), where),
            target=target,
            floor=floor,
            steps=self._steps(one, where, scale),
            automatic=self._automatic(one, where, source, scale),
            about=self._texts(where, one.get("about"), required=False),
            basis=self._texts(where, one.get("basis"), required=False),
        )

    def _one_of(self, known: type[StrEnum], where: str, field_name: str, given: Any) -> Any:
        if given in list(known):
            return known(given)
        text = N_("{field} is one of {known}, not {given}.")
        self.wrong(where, text, field=field_name, known=", ".join(known), given=repr(given)[:40])
        return next(iter(known))

    def _kinds(self, given: Any, where: str) -> frozenset[Kind]:
        if given is None:
            return frozenset(Kind)
        if not isinstance(given, list) or not given or any(one not in list(Kind) for one in given):
            self.wrong(where, N_("kinds is a list of {known}."), known=", ".join(Kind))
            return frozenset(Kind)
        return frozenset(Kind(one) for one in given)

    def _ends(
        self, one: Mapping[str, Any], where: str, scale: Scale, direction: Direction
    ) -> tuple[Decimal | None, Decimal | None]:
        if scale is not Scale.LINEAR:
            return None, None
        if one.get("target") is None:
            self.wrong(where, N_("A linear scale needs a target, at which there are 100 points."))
            return None, None
        target = self._decimal(f"{where}.target", one["target"])
        floor = self._decimal(f"{where}.floor", one.get("floor", 0))
        if target is None or floor is None:
            return target, floor
        if target == floor or (target > floor) != (direction is Direction.UP):
            text = N_("With direction {direction} the floor {floor} and the target {target} do not fit.")
            self.wrong(where, text, direction=direction, floor=floor, target=target)
        return target, floor

    def _steps(self, one: Mapping[str, Any], where: str, scale: Scale) -> tuple[tuple[Decimal, Decimal], ...]:
        if scale is not Scale.STEPS:
            return ()
        given = one.get("steps")
        if not isinstance(given, list) or not given or any(not isinstance(s, list) or len(s) != 2 for s in given):
            self.wrong(where, N_("A scale of steps needs steps: a list of pairs, bound and points."))
            return ()
        found = []
        for bound, points in given:
            pair = (self._decimal(f"{where}.steps", bound), self._decimal(f"{where}.steps", points))
            if pair[1] is not None and not 0 <= pair[1] <= HUNDRED:
                self.wrong(where, N_("Points of a step are from 0 to 100, not {given}."), given=pair[1])
            if pair[0] is not None and pair[1] is not None:
                found.append((pair[0], pair[1]))
        if len({bound for bound, _ in found}) != len(found):
            self.wrong(where, N_("Two steps have the same bound."))
        return tuple(sorted(found))

    def _automatic(self, one: Mapping[str, Any], where: str, source: Source, scale: Scale) -> str | None:
        name = one.get("automatic")
        if source is not Source.AUTOMATIC:
            if name:
                self.wrong(where, N_("Only an indicator with source automatic takes one from the portal."))
            return None
        if scale is Scale.YES_NO:
            self.wrong(where, N_("What the portal computes is a share, not yes or no."))
        if not isinstance(name, str) or (self._known is not None and name not in self._known):
            known = ", ".join(sorted(self._known or ())) or "–"
            text = N_("There is no automatic indicator “{name}”. Known: {known}.")
            self.wrong(where, text, name=str(name)[:60], known=known)
        return str(name)


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def plain(framework: Framework) -> dict[str, Any]:
    """The framework as data that :func:`read` takes and JSON and YAML can hold; numbers as text, exact."""
    return {
        "name": framework.name,
        "title": dict(framework.title),
        "about": dict(framework.about),
        "basis": dict(framework.basis),
        "minimum": framework.minimum,
        "blocks": [_plain(block) for block in framework.blocks],
    }


def _plain(node: Branch | Indicator) -> dict[str, Any]:
    found: dict[str, Any] = {"key": node.key, "title": dict(node.title), "weight": str(node.weight)}
    if isinstance(node, Branch):
        return found | {"children": [_plain(child) for child in node.children]}
    found |= {"unit": node.unit, "direction": str(node.direction), "scale": str(node.scale), "source": str(node.source)}
    found["kinds"] = sorted(str(kind) for kind in node.kinds)
    if node.scale is Scale.LINEAR:
        found |= {"target": str(node.target), "floor": str(node.floor)}
    if node.scale is Scale.STEPS:
        found["steps"] = [[str(bound), str(points)] for bound, points in node.steps]
    if node.automatic:
        found["automatic"] = node.automatic
    for name, texts in (("about", node.about), ("basis", node.basis)):
        if texts:
            found[name] = dict(texts)
    return found
