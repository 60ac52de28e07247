"""What the tests of evaluation share: agencies with officers, a framework, a period, and the way to its publication."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.evaluation.model.evaluations import Evaluation
from ckanext.opengov.factories import Agency, officer

from tests.evaluation.frameworks_ground import tree

TODAY = dt.datetime.now(dt.UTC).date()
START, END = TODAY - dt.timedelta(days=100), TODAY - dt.timedelta(days=2)
# Values of the small framework, as in test_arithmetic: 73.8 for an akimat, 76.8 for a central agency.
VALUES = {"reached": 80, "complaints": 10, "days": 7, "council": 1, "regions_only": 6}


def act(action: str, user: dict[str, Any] | None, **data: Any) -> Any:
    """Call an action as somebody, as a request does."""
    context: Any = {"user": user["name"] if user else ""}
    if user:
        context["auth_user_obj"] = model.User.get(user["name"])
    return tk.get_action(action)(context, data)


class Ground:
    """Two agencies under evaluation, and a ministry whose people evaluate them."""

    def __init__(self) -> None:
        self.central, self.akimat = Agency(name="ministry"), Agency(name="akimat", level="local", region="710000000")
        self.home = Agency(name="home")
        self.evaluator = officer(self.home["id"], "evaluation", Role.EVALUATOR)
        self.second = officer(self.home["id"], "evaluation", Role.EVALUATOR)
        self.supervisor = officer(self.home["id"], "evaluation", Role.SUPERVISOR)
        self.head = officer(self.akimat["id"], "evaluation", Role.HEAD)
        self.author = officer(self.akimat["id"], "evaluation", Role.AUTHOR)
        self.framework = act("evaluation_framework_create", self.supervisor, content=tree())
        self.period = self.open("2026")

    def open(
        self, name: str, start: dt.date = START, end: dt.date = END, framework: str | None = None
    ) -> dict[str, Any]:
        """Open a period."""
        return act(
            "evaluation_period_open",
            self.supervisor,
            name=name,
            title={"en": f"Period {name}", "kk": name, "ru": name},
            framework=framework or self.framework["id"],
            starts_on=start.isoformat(),
            ends_on=end.isoformat(),
        )

    def of(self, agency: dict[str, Any], period: dict[str, Any] | None = None) -> str:
        """The id of an agency's evaluation."""
        chosen = (period or self.period)["id"]
        query = sa.select(Evaluation.id).where(Evaluation.period_id == chosen, Evaluation.agency_id == agency["id"])
        return model.Session.scalars(query).one()

    def claim(self, evaluation: str, values: dict[str, Any]) -> None:
        """What the akimat says of itself."""
        for key, number in values.items():
            act("evaluation_claim_set", self.author, id=evaluation, indicator=key, number=number)

    def evaluated(self, agency: dict[str, Any], values: dict[str, Any], period: dict[str, Any] | None = None) -> str:
        """All values set, the agency may object."""
        evaluation = self.of(agency, period)
        model.Session.get_one(Evaluation, evaluation).state = "evaluation"
        model.Session.commit()
        own = {key: one for key, one in values.items() if agency is self.akimat or key != "regions_only"}
        for key, number in own.items():
            act("evaluation_value_set", self.evaluator, id=evaluation, indicator=key, number=number, reason="Seen.")
        act("evaluation_finish", self.evaluator, id=evaluation)
        return evaluation

    def published(self, agency: dict[str, Any], values: dict[str, Any], period: dict[str, Any] | None = None) -> str:
        """As if the agency had agreed."""
        evaluation = self.evaluated(agency, values, period)
        model.Session.get_one(Evaluation, evaluation).state = "decision"
        model.Session.commit()
        act("evaluation_publish", self.supervisor, id=evaluation)
        return evaluation
