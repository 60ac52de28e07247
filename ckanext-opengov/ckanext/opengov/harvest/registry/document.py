"""A YAML text with the line of every entry, so that an error can say where it stands.

Every scalar is read as the text that was written: ``no``, ``1.10`` and ``2024-01-01`` are codes and names here, and
what YAML would make of them is never meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from ckanext.opengov.harvest.messages import N_, Message

LONGEST = 64 * 1024
DEEPEST = 12

Path = tuple[str, ...]


@dataclass(frozen=True)
class MappingFault:
    """One thing that is wrong with a mapping."""

    line: int
    field: str
    message: Message

    def text(self) -> str:
        import ckan.plugins.toolkit as tk

        place = tk._("Line {line}").format(line=self.line)
        where = f"{place}, {self.field}" if self.field else place
        return f"{where}: {self.message.text()}"


class MappingError(ValueError):
    """All that is wrong with a mapping."""

    def __init__(self, errors: list[MappingFault]) -> None:
        self.errors = sorted(errors, key=lambda error: error.line)
        super().__init__("; ".join(f"line {e.line}, {e.field}: {e.message.plain()}" for e in self.errors))


class Document:
    """The plain values of a YAML text, and where each stands."""

    def __init__(self, text: str) -> None:
        self.errors: list[MappingFault] = []
        self.lines: dict[Path, int] = {}
        self.value: Any = None
        if len(text) > LONGEST:
            self._refuse(1, (), N_("The mapping is longer than {limit} characters."), limit=LONGEST)
        try:
            node = yaml.compose(text, yaml.SafeLoader)
            if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
                self._refuse(1, (), N_("References (&name, *name) are not used here. Write the value out."))
            self.value = self._plain(node, ()) if node else None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            self._refuse(
                mark.line + 1 if mark else 1,
                (),
                N_("This is not valid YAML: {problem}. Check the spaces before the line and the colons."),
                problem=getattr(error, "problem", None) or "",
            )

    def line(self, path: Path) -> int:
        """The line on which an entry, or the nearest entry around it, begins."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def _refuse(self, line: int, path: Path, msgid: str, **params: Any) -> None:
        raise MappingError([MappingFault(line, ".".join(path), Message(msgid, params))])

    def _plain(self, node: yaml.Node, path: Path) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        if len(path) > DEEPEST:
            self._refuse(line, path, N_("The mapping is nested too deeply."))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item, (*path, str(number))) for number, item in enumerate(node.value)]
        return None if node.tag == "tag:yaml.org,2002:null" else node.value

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self._refuse(line, path, N_("A name is expected here."))
            if key.value in found:
                self._refuse(line, (*path, key.value), N_("This stands here twice. Keep one of them."))
            self.lines[(*path, key.value)] = line
            found[key.value] = self._plain(value, (*path, key.value))
        return found
