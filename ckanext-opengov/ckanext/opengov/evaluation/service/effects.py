"""What the events of an evaluation change, beside its state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opengov.civic.service import wording
from ckanext.opengov.evaluation.model.evaluations import Objection, Value
from ckanext.opengov.evaluation.service import arithmetic, evidence, scoring
from ckanext.opengov.evaluation.service.arithmetic import Status
from ckanext.opengov.evaluation.service.framework import Indicator, Kind, Scale

# After these the score is computed anew.
RESCORING = frozenset({"value", "decide"})


def _row(step: Any, leaf: Indicator) -> Value:
    row = model.Session.get(Value, (step.evaluation.id, leaf.key))
    if row is None:
        row = Value(evaluation_id=step.evaluation.id, indicator=leaf.key, revision=0)
        model.Session.add(row)
    return row


def _applicable(step: Any) -> Indicator:
    leaf = step.indicator()
    if leaf.automatic:
        raise tk.ValidationError({"indicator": [tk._("The portal counts this indicator by itself.")]})
    if Kind(step.evaluation.kind) not in leaf.kinds:
        raise tk.ValidationError({"indicator": [tk._("This indicator is for other kinds of agency.")]})
    return leaf


def _number(leaf: Indicator, data: Mapping[str, Any]) -> Decimal | None:
    """The number of a given value; none for the other statuses."""
    number: Decimal | None = data.get("number")
    if data["status"] != Status.GIVEN:
        if number is not None:
            text = tk._("With “{status}” there is no number.")
            raise tk.ValidationError(
                {"number": [text.format(status=tk._(arithmetic.STATUSES[Status(data["status"])]))]}
            )
        return None
    if number is None:
        raise tk.ValidationError({"number": [tk._("Give the number, in {unit}.").format(unit=leaf.unit)]})
    if leaf.scale is Scale.YES_NO and number not in (0, 1):
        raise tk.ValidationError({"number": [tk._("Give 1 for yes or 0 for no.")]})
    return number


def claim(step: Any) -> None:
    """The agency's own value."""
    leaf = _applicable(step)
    row = _row(step, leaf)
    row.claim_status, row.claim = step.data["status"], _number(leaf, step.data)
    row.claim_note = step.data.get("note") or None
    row.claimed_by, row.claimed_at = step.person.user_id, step.moment
    step.internal |= {"status": row.claim_status, "number": _text(row.claim)}


def add_evidence(step: Any) -> None:
    """A link or a file."""
    _applicable(step)
    made = evidence.add(step.evaluation.id, step.indicator().key, step.data, step.person.user_id)
    step.internal |= {"evidence": made.id, "url": made.url, "sha256": made.sha256}


def submit(_step: Any) -> None:
    """Nothing but the state: what was not given counts as not provided."""


def value(step: Any) -> None:
    """The evaluator's value, unless another evaluator set one meanwhile."""
    leaf = _applicable(step)
    row = _row(step, leaf)
    _check_revision(step, row)
    number = _number(leaf, step.data)
    if row.claim_status == Status.GIVEN and step.data["status"] == Status.GIVEN and row.claim == number:
        evidence.check(step.evaluation.id, leaf.key)
    row.status, row.number, row.reason = step.data["status"], number, step.data["reason"]
    row.set_by, row.set_at, row.revision = step.person.user_id, step.moment, row.revision + 1
    step.public |= {"status": row.status, "number": _text(number), "reason": row.reason, "revision": row.revision}


def _check_revision(step: Any, row: Value) -> None:
    if step.data.get("revision", 0) == row.revision:
        return
    user = model.User.get(row.set_by) if row.set_by else None
    name = (user.fullname or user.name) if user else "–"
    message = tk._(
        "{name} set this value a moment ago: {value}. Yours was not saved. Look at it, then set yours if you still "
        "differ."
    )
    shown = _text(row.number) if row.number is not None else tk._(arithmetic.STATUSES[Status(row.status or "given")])
    raise tk.ValidationError({"revision": [message.format(name=name, value=shown)]})


def finish(step: Any) -> None:
    """The timeline names the end of the objection's term."""
    step.public["until"] = step.evaluation.due_at.date().strftime("%d.%m.%Y")


def objection(step: Any) -> None:
    """The agency holds something against a value, also against one that the portal counted."""
    leaf = step.indicator()
    made = Objection(
        evaluation_id=step.evaluation.id, indicator=leaf.key, text=step.data["text"], made_by=step.person.user_id
    )
    model.Session.add(made)
    step.public["text"] = made.text


def agree(_step: Any) -> None:
    """Nothing but the state."""


def decide(step: Any) -> None:
    """The decision on an objection; when it is accepted, with the value that counts from now on."""
    leaf, found = step.indicator(), step.objection()
    found.decision, found.reason = step.data["decision"], step.data["reason"]
    found.decided_by, found.decided_at = step.person.user_id, step.moment
    step.public |= {"decision": found.decision, "reason": found.reason}
    if found.decision != "accepted":
        return
    if "status" not in step.data:
        raise tk.ValidationError({"status": [tk._("An accepted objection needs the value that counts from now on.")]})
    row = _row(step, leaf)
    row.status, row.number, row.reason = step.data["status"], _number(leaf, step.data), found.reason
    row.set_by, row.set_at, row.revision = step.person.user_id, step.moment, row.revision + 1
    step.public |= {"status": row.status, "number": _text(row.number)}


def publish(step: Any) -> None:
    """The score is computed from what is stored, once more, and shown from now on."""
    evaluation, period = step.evaluation, step.period
    scoring.keep(evaluation, scoring.result(evaluation, period))
    evaluation.published_at = step.moment
    period.published_at = period.published_at or step.moment
    score = evaluation.score
    step.public["score"] = "–" if score is None else str(arithmetic.rounded(Fraction(score)))


def end(step: Any) -> None:
    """The agency was merged into another or abolished; it is not ranked, and the reader is told why."""
    evaluation = step.evaluation
    evaluation.ended_on, evaluation.end_reason = step.data["ended_on"], step.data["reason"]
    evaluation.successor_id = step.data.get("successor_id")
    step.public |= {"reason": evaluation.end_reason, "ended_on": evaluation.ended_on.isoformat()}


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number.normalize(), "f")


def title_of(leaf: Indicator) -> str:
    """An indicator's name in the reader's language."""
    return wording.pick(leaf.title, wording.current())


EFFECTS: Mapping[str, Callable[[Any], None]] = {
    "claim": claim,
    "evidence": add_evidence,
    "submit": submit,
    "lapse": submit,
    "value": value,
    "finish": finish,
    "object": objection,
    "agree": agree,
    "decide": decide,
    "publish": publish,
    "end": end,
}
