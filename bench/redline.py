"""Redlines and comments that survive them: ``./opengov bench redline [--parts 1000] [--comments 5000] [--acts 20]``.

An act is edited at random and compared with itself; plain difflib over the words of both texts stands beside it. Then
comments on many acts, each edited at random with known truth, find their places in the edited act.
"""

from __future__ import annotations

import argparse
from collections import Counter
from difflib import SequenceMatcher

from ckanext.opengov.regulation.service.document import tree
from ckanext.opengov.regulation.service.versions.anchors import Attaching
from ckanext.opengov.regulation.service.versions.comparing import compare
from ckanext.opengov.regulation.service.versions.redline import redline

from bench.act_texts import Writer, as_parts, keys_to_eids
from bench.report import Compared, Result, report, seconds

SHARES = (0.05, 0.15, 0.3)


def timed(parts: int) -> list[Result]:
    """How long one redline takes, with a few and with most parts changed."""
    results: list[Result] = []
    for share in (0.1, 0.9):
        writer = Writer(7)
        act = writer.act(parts)
        old, new = as_parts(act), as_parts(writer.edited(act, share))
        before = " ".join(tree.words(part) for part in tree.walk(old)).split()
        after = " ".join(tree.words(part) for part in tree.walk(new)).split()
        ours = seconds(lambda old=old, new=new: redline(old, new, "ru"))
        plain = seconds(lambda before=before, after=after: SequenceMatcher(None, before, after, False).get_opcodes())
        detail = {"parts": sum(1 for _ in tree.walk(old)), "words": len(before), **redline(old, new, "ru").counts}
        name = f"redline of an act, {share:.0%} of its parts touched"
        results.append(
            Result(name, round(ours, 3), "s", peer=Compared("difflib over words", round(plain, 3)), detail=detail)
        )
    return results


def landed(acts: int, comments: int) -> list[Result]:
    """The share of comments that stand at the right part, or are told that theirs is gone or uncertain."""
    results: list[Result] = []
    for share in SHARES:
        found: Counter[str] = Counter()
        for number in range(acts):
            found += judged(number, share, comments // acts)
        total = sum(found.values())
        fair = 100 * (total - found["wrong"]) / total
        detail = {"comments": total, **dict(found), "right alone": round(100 * found["right"] / total, 2)}
        name = f"comments at the right part or told so, {share:.0%} of the parts touched"
        results.append(Result(name, round(fair, 2), "%", limit=Compared("all", 100), detail=detail))
    return results


def judged(seed: int, share: float, comments: int, parts: int = 150) -> Counter[str]:
    """One act: how many comments landed right, were told, or went wrong."""
    writer = Writer(seed)
    act = writer.act(parts)
    after = writer.edited(act, share)
    truth = keys_to_eids(after)
    attaching = Attaching(compare(as_parts(act), as_parts(after)))
    found: Counter[str] = Counter()
    for key, anchor in writer.anchors(act, comments):
        landing = attaching.land(anchor)
        if landing.eid == truth.get(key):
            found["right"] += 1
        else:
            found["told" if landing.eid is None or not landing.is_sure else "wrong"] += 1
    return found


def run(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parts", type=int, default=1_000)
    parser.add_argument("--comments", type=int, default=5_000)
    parser.add_argument("--acts", type=int, default=20)
    given = parser.parse_args(arguments)
    report("redline", [*timed(given.parts), *landed(given.acts, given.comments)])


if __name__ == "__main__":
    run()
