"""How much personal data the search finds, and how often it cries wolf: ``python -m bench.privacy``.

Seeded texts in Kazakh and Russian. A value counts as found when a finding of its kind covers all of it; a clean text
with any finding is a false alarm. For phones the library's own matcher reads the same texts as a peer.
"""

from __future__ import annotations

import argparse
from collections import Counter
from time import perf_counter

import phonenumbers
from ckanext.opengov.civic.service.privacy import find

from bench.privacy_texts.corpus import KINDS, Corpus, Planted, Text
from bench.report import Compared, Result, report

SEED = 20261124
TEXTS = 5_000
# Per cent.
FOUND = 99.0
FALSE_ALARMS = 1.0


def covers(planted: Planted, text: str) -> bool:
    """Whether a finding of the planted value's kind covers all of it."""
    return any(
        finding.kind.value == planted.kind and finding.start <= planted.start and finding.end >= planted.end
        for finding in find(text)
    )


def missed(texts: list[Text]) -> list[tuple[Text, Planted]]:
    """Planted values that are not found."""
    return [(text, planted) for text in texts for planted in text.planted if not covers(planted, text.text)]


def false_alarms(texts: list[Text]) -> list[Text]:
    """Clean texts in which something is found."""
    return [text for text in texts if find(text.text)]


def peer_share(texts: list[Text]) -> float:
    """The share of planted phones that the library's matcher covers, with Kazakhstan as its region."""
    found = total = 0
    for text in texts:
        phones = [planted for planted in text.planted if planted.kind == "phone"]
        if not phones:
            continue
        spans = [(match.start, match.end) for match in phonenumbers.PhoneNumberMatcher(text.text, "KZ")]
        total += len(phones)
        found += sum(any(a <= one.start and b >= one.end for a, b in spans) for one in phones)
    return found / total


def results(number: int = TEXTS, seed: int = SEED) -> list[Result]:
    """All figures of one run."""
    corpus = Corpus(seed)
    planted, clean = corpus.planted(number), corpus.clean(number)
    start = perf_counter()
    misses, alarms = missed(planted), false_alarms(clean)
    spent = perf_counter() - start
    values = Counter(one.kind for text in planted for one in text.planted)
    lost = Counter(one.kind for _, one in misses)

    def found(name: str, total: int, less: int, peer: Compared | None = None) -> Result:
        share = round(100 * (1 - less / total), 2)
        return Result(name, share, "%", peer, Compared("required", FOUND), {"values": total, "missed": less})

    matcher = Compared("phonenumbers.PhoneNumberMatcher", round(100 * peer_share(planted), 2))
    megabytes = sum(len(text.text.encode()) for text in planted + clean) / 1e6
    return [
        found("values found", values.total(), len(misses)),
        Result(
            "clean texts with a false alarm",
            round(100 * len(alarms) / number, 2),
            "% false",
            limit=Compared("allowed", FALSE_ALARMS),
            detail={"texts": number, "false": len(alarms)},
        ),
        *(found(f"{kind} found", values[kind], lost[kind], matcher if kind == "phone" else None) for kind in KINDS),
        Result("speed", round(megabytes / spent, 2), "MB/s"),
    ]


def main() -> None:
    """Print the result as JSON, or with ``--misses`` what was missed and what was falsely found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=TEXTS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--misses", action="store_true", help="list what went wrong instead of the figures")
    options = parser.parse_args()
    if not options.misses:
        report("privacy", results(options.texts, options.seed))
        return
    corpus = Corpus(options.seed)
    for text, planted in missed(corpus.planted(options.texts)):
        print(f"missed {planted.kind}: {text.text[planted.start : planted.end]!r} in {text.text!r}")
    for text in false_alarms(corpus.clean(options.texts)):
        for finding in find(text.text):
            print(f"false {finding.kind.value}: {text.text[finding.start : finding.end]!r} in {text.text!r}")


if __name__ == "__main__":
    main()
