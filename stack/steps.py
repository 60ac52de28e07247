"""Steps with their order as data: independent ones run side by side, finished ones are remembered by a stamp."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

from stack.console import StackError, fail, say
from stack.layout import Layout


@dataclass(frozen=True)
class Step:
    """``run`` returns a word on what it found ("already there") or None."""

    name: str
    title: str
    run: Callable[[], str | None]
    after: tuple[str, ...] = ()


def perform(steps: Iterable[Step]) -> bool:
    """Run all steps in the order that their ``after`` asks for. True when every one succeeded."""
    by_name = {step.name: step for step in steps}
    # A step may name one that this run leaves out (the tests need no portal).
    order = TopologicalSorter({s.name: [a for a in s.after if a in by_name] for s in by_name.values()})
    order.prepare()
    errors: list[StackError] = []
    running: dict[Future[None], str] = {}
    with ThreadPoolExecutor(max_workers=4) as pool:
        while order.is_active() and not (errors and not running):
            if not errors:
                for name in order.get_ready():
                    running[pool.submit(_perform_one, by_name[name])] = name
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                name = running.pop(future)
                error = future.exception()
                if error is None:
                    order.done(name)
                elif isinstance(error, StackError):
                    errors.append(error)
                else:
                    errors.append(StackError(f"{by_name[name].title}: {error!r}"))
    for error in errors:
        fail(error)
    return not errors


def _perform_one(step: Step) -> None:
    start = time.monotonic()
    say(f"  … {step.title}")
    found = step.run()
    say(f"  ✓ {step.title} ({found or f'{time.monotonic() - start:.1f} s'})")


class Stamp:
    """Remembers that a step was done with these inputs, so that the next run passes over it."""

    def __init__(self, layout: Layout, name: str, *inputs: Path | str) -> None:
        self._path = layout.stamps / name
        digest = hashlib.sha256()
        for item in inputs:
            digest.update(item.read_bytes() if isinstance(item, Path) else item.encode())
        self._value = digest.hexdigest()

    @property
    def fresh(self) -> bool:
        return self._path.exists() and self._path.read_text() == self._value

    def set(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(self._value)

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)
