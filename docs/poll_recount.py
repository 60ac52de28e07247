"""Count a poll of the portal again from its recount file. Needs Python 3.9 or later and nothing else.

    python poll_recount.py poll-….ndjson              the figures of every question, as JSON
    python poll_recount.py poll-….ndjson ABCD-2345-…  and whether the receipt with this code is counted

The file is on the page of each poll that has ended. Its lines are JSON: first the poll with its questions and the
rules of counting, then {"question": id, "choice": …} for every answer, then {"receipt": hash} for every voter, where
hash is SHA-256 of the poll's id, a colon and the code in capitals without dashes. The numbers of ballots and receipts
must be the same. Compare the figures with “The figures as JSON” on the page.
"""

import hashlib
import json
import sys


def single(question, answers):
    counts = {option["id"]: 0 for option in question["options"]}
    for answer in answers:
        counts[answer] += 1
    return {"answered": len(answers), "counts": counts}


def multiple(question, answers):
    counts = {option["id"]: 0 for option in question["options"]}
    for answer in answers:
        for option in answer:
            counts[option] += 1
    return {"answered": len(answers), "counts": counts}


def scale(question, answers):
    counts = {str(mark): answers.count(mark) for mark in range(1, question["steps"] + 1)}
    mean = round(sum(answers) / len(answers), 4) if answers else None
    return {"answered": len(answers), "counts": counts, "sum": sum(answers), "mean": mean}


def ranked(question, answers):
    """Instant runoff, as the rule in the file says."""
    standing = [option["id"] for option in question["options"]]
    rounds, winner = [], None
    while answers:
        counts = dict.fromkeys(standing, 0)
        exhausted = 0
        for answer in answers:
            left = [option for option in answer if option in standing]
            if left:
                counts[left[0]] += 1
            else:
                exhausted += 1
        rounds.append({"counts": counts, "exhausted": exhausted, "out": None})
        best = max(standing, key=lambda option: counts[option])
        if len(standing) == 1 or 2 * counts[best] > sum(counts.values()):
            winner = best
            break
        # Fewest ballots now; then fewest in the round before, and so on; then lowest in the list.
        history = [one["counts"] for one in reversed(rounds)]
        weakest = min(reversed(standing), key=lambda option: [counts[option] for counts in history])
        rounds[-1]["out"] = weakest
        standing.remove(weakest)
    return {"answered": len(answers), "rounds": rounds, "winner": winner}


COUNT = {"single": single, "multiple": multiple, "scale": scale, "ranked": ranked}


def recount(lines):
    """The figures, and the set of the receipts' hashes."""
    lines = iter(lines)
    head = json.loads(next(lines))
    answers = {question["id"]: [] for question in head["questions"]}
    receipts = set()
    for line in lines:
        entry = json.loads(line)
        if "receipt" in entry:
            receipts.add(entry["receipt"])
        else:
            answers[entry["question"]].append(entry["choice"])
    figures = {
        question["id"]: {"kind": question["kind"], **COUNT[question["kind"]](question, answers[question["id"]])}
        for question in head["questions"]
        if question["kind"] in COUNT
    }
    same = head["ballots"] == head["receipts"] == len(receipts)
    return head, {"ballots": head["ballots"], "receipts": len(receipts), "same": same, "questions": figures}, receipts


def main(path, code=""):
    with open(path, encoding="utf-8") as file:
        head, figures, receipts = recount(file)
    if code:
        plain = "".join(sign for sign in code.upper() if sign.isalnum())
        figures["counted"] = hashlib.sha256(f"{head['poll']}:{plain}".encode()).hexdigest() in receipts
    json.dump(figures, sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
