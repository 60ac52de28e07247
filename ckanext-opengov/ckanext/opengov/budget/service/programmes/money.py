"""Where the money of a programme stands in published budgets: found by its code, administrator and programme."""

from __future__ import annotations

import re
from typing import Any

from ckanext.opengov.budget.service.lines import database
from ckanext.opengov.budget.service.lines.axes import LEVELS

_CODE = re.compile(r"(\w{1,20})-(\w{1,20})", re.ASCII)
# The budgets of one programme that a page shows.
MOST = 3


def places(code: str) -> list[dict[str, Any]]:
    """The places of the functional path that end in a programme's administrator and programme, the widest budget last.

    :param code: such as 225-099

    :returns: ``budget`` (its name), ``title`` (by language) and ``path``
    """
    found = _CODE.fullmatch(code)
    if found is None:
        return []
    rows = database.rows(
        "SELECT DISTINCT budget.name AS budget, budget.title, budget.level, node.path"
        " FROM opengov_data.budget_node AS node"
        " JOIN opengov_data.budget_period AS period ON period.import = node.import AND period.is_current"
        " JOIN opengov_data.budget AS budget ON budget.id = period.budget_id"
        " WHERE node.axis = 'functional' AND node.code = %(code)s AND node.path LIKE %(end)s",
        {"code": found[2], "end": f"%/{found[1]}/{found[2]}".replace("_", r"\_")},
    )
    order = list(LEVELS)
    rows.sort(key=lambda one: (order.index(one["level"]), one["budget"], one["path"]))
    return [{name: one[name] for name in ("budget", "title", "path")} for one in rows[:MOST]]
