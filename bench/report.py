"""The one shape in which every benchmark answers."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any


@dataclass(frozen=True)
class Compared:
    """Another system on the same rows in the same run, or the machine's own limit."""

    name: str
    value: float


@dataclass
class Result:
    """``unit`` decides which way is better: something per second, or seconds and milliseconds."""

    name: str
    value: float
    unit: str
    peer: Compared | None = None
    limit: Compared | None = None
    detail: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """With ``ratio_peer`` above 1 where we are better, and ``ratio_limit`` as the share of the limit reached."""
        rising = "/s" in self.unit or self.unit in {"%", "rows"}
        values = asdict(self)
        for name in ("peer", "limit"):
            other: Compared | None = getattr(self, name)
            if other and self.value and other.value:
                ratio = self.value / other.value if rising else other.value / self.value
                values[f"ratio_{name}"] = round(ratio, 3)
        return {key: value for key, value in values.items() if value not in (None, {})}


def report(name: str, results: list[Result]) -> None:
    """Print the benchmark's one JSON object."""
    machine = {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}
    answer = {"bench": name, "machine": machine, "results": [result.as_dict() for result in results]}
    print(json.dumps(answer, ensure_ascii=False, indent=1))


def seconds(work: Callable[[], Any]) -> float:
    """How long the work takes."""
    start = perf_counter()
    work()
    return perf_counter() - start
