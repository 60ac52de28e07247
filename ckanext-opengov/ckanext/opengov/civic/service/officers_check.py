"""Whether a role may be granted: one set of rules for the single grant and for a file of 10,000 rows.

Everything that the rules need is looked up before, in a handful of statements for all rows together.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.model.officers import Officer
from ckanext.opengov.civic.roles import ACROSS_AGENCIES, Role, components, roles_of
from ckanext.opengov.civic.service import officers
from ckanext.opengov.civic.service.refusal import N_, Refusal

USER, AGENCY, COMPONENT, ROLE, FROM, UNTIL = COLUMNS = ("user", "agency", "component", "role", "from", "until")
# More guesses than this would take long and help nobody: then the whole column is wrong.
GUESSES = 50
EARLIEST = dt.date(1991, 12, 16)

Values = Mapping[str, str]
Problem = tuple[str, Refusal]
T = TypeVar("T")


@dataclass
class Known:
    """What the rules look up. ``administered`` is None for an administrator of the portal."""

    users: dict[str, tuple[str, str]]
    agencies: dict[str, tuple[str, str]]
    roles: dict[str, frozenset[Role]]
    held: dict[tuple[str, str, str, str], Officer]
    administered: frozenset[str] | None
    today: dt.date
    guesses: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)


def look_up(rows: Iterable[Values], administered: frozenset[str] | None) -> Known:
    """Users, agencies and open roles that the rows name."""
    rows = list(rows)
    users = _by_reference(model.User, {row[USER] for row in rows})
    agencies = _by_reference(model.Group, {row[AGENCY] for row in rows}, model.Group.is_organization)
    held = officers.open_grants([user_id for user_id, _ in users.values()])
    roles = {name: roles_of(name) for name in components()}
    return Known(users, agencies, roles, held, administered, officers.today())


def _by_reference(
    entity: type[model.User] | type[model.Group], references: Collection[str], *conditions: Any
) -> dict[str, tuple[str, str]]:
    wanted = sa.bindparam("wanted", [one for one in references if one and "\0" not in one], sa.ARRAY(sa.Text))
    query = sa.select(entity.id, entity.name, entity.state).where(
        sa.or_(entity.name == sa.any_(wanted), entity.id == sa.any_(wanted)), *conditions
    )
    found: dict[str, tuple[str, str]] = {}
    for number, name, state in model.Session.execute(query):
        found[name] = found[number] = (number, state)
    return found


def check(row: Values, known: Known) -> tuple[officers.Grant | None, list[Problem]]:
    """Turn a row into a grant, or say everything that is wrong with it."""
    problems: list[Problem] = []
    user = _collect(problems, USER, lambda: _user(row[USER], known))
    agency = _collect(problems, AGENCY, lambda: _agency(row[AGENCY], known))
    component = _collect(problems, COMPONENT, lambda: _component(row[COMPONENT], known))
    role = _collect(problems, ROLE, lambda: _role(row[ROLE], component, known))
    start = _collect(problems, FROM, lambda: parse_date(row[FROM]) or known.today)
    end = _collect(problems, UNTIL, lambda: _end(row[UNTIL], start, known.today))
    if problems or not (user and agency and component and role and start):
        return None, problems
    grant = officers.Grant(user, agency, component, role, start, end)
    held = known.held.get(grant.key)
    if not held or not officers.is_held(held, grant):
        return grant, []
    if not row[FROM] and held.valid_from <= grant.valid_from:
        # An empty first day asks for the role from now on: the same file may be loaded again on another day.
        grant = replace(grant, valid_from=held.valid_from)
    return (grant, []) if is_same(held, grant) else (None, [(USER, already(row, held))])


def is_same(held: Officer, grant: officers.Grant) -> bool:
    """Whether the row says what stands already: then there is nothing to do, and nothing wrong."""
    return (held.valid_from, held.valid_until) == (grant.valid_from, grant.valid_until)


def _collect(problems: list[Problem], column: str, rule: Callable[[], T]) -> T | None:
    try:
        return rule()
    except Refusal as refusal:
        problems.append((column, refusal))
        return None


def _filled(value: str) -> str:
    if not value:
        raise Refusal(N_("This is empty. It must be filled in."))
    return value


def _user(value: str, known: Known) -> str:
    found = known.users.get(_filled(value))
    if found is None:
        raise Refusal(
            N_("There is no user “{value}”. Write the name as it stands in the address of the user's page."),
            value=value,
        )
    number, state = found
    if state != model.State.ACTIVE:
        raise Refusal(
            N_("The account “{value}” was deleted or is not in use yet. Name a person with an active account."),
            value=value,
        )
    return number


def _agency(value: str, known: Known) -> str:
    found = known.agencies.get(_filled(value))
    if found is None or found[1] != model.State.ACTIVE:
        raise _no_agency(value, known)
    if known.administered is not None and found[0] not in known.administered:
        raise Refusal(
            N_("You are not an administrator of “{value}”. Roles there are granted by its own administrators."),
            value=value,
        )
    return found[0]


def _no_agency(value: str, known: Known) -> Refusal:
    guess = _guess(value, known)
    if guess:
        return Refusal(N_("There is no agency “{value}”. Did you mean “{guess}”?"), value=value, guess=guess)
    return Refusal(
        N_("There is no agency “{value}”. Write the name as it stands in the address of the agency's page."),
        value=value,
    )


def _guess(value: str, known: Known) -> str:
    if value not in known.guesses:
        if len(known.guesses) >= GUESSES:
            return ""
        known.guesses[value] = next(iter(difflib.get_close_matches(value, _agency_names(known), 1)), "")
    return known.guesses[value]


def _agency_names(known: Known) -> list[str]:
    """Read once, and only when somebody misspelt a name."""
    if not known.names:
        query = sa.select(model.Group.name).where(model.Group.is_organization, model.Group.state == model.State.ACTIVE)
        known.names.extend(model.Session.scalars(query))
    return known.names


def _component(value: str, known: Known) -> str:
    if _filled(value) not in known.roles:
        raise Refusal(
            N_("There is no component “{value}” with officers. There are: {known}."),
            value=value,
            known=", ".join(sorted(known.roles)) or "—",
        )
    return value


def _role(value: str, component: str | None, known: Known) -> Role:
    allowed = known.roles[component] if component else frozenset(Role)
    names = ", ".join(sorted(allowed))
    if _filled(value) not in set(Role):
        raise Refusal(N_("There is no role “{value}”. There are: {known}."), value=value, known=names)
    if value not in allowed:
        raise Refusal(
            N_("The component “{component}” has no role “{value}”. It has: {known}."),
            value=value,
            component=component,
            known=names,
        )
    if value in ACROSS_AGENCIES and known.administered is not None:
        raise Refusal(
            N_("The role “{value}” acts on all agencies. Only an administrator of the portal grants it."), value=value
        )
    return Role(value)


def parse_date(value: str) -> dt.date | None:
    """A date as ``2027-01-31`` or ``31.01.2027``; None for an empty one.

    :raises Refusal: for anything else
    """
    if not value:
        return None
    for pattern in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            found = dt.datetime.strptime(value, pattern).date()  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
        if found >= EARLIEST:
            return found
    raise Refusal(N_("“{value}” is not a date. Write it as 2027-01-31 or 31.01.2027."), value=value)


def _end(value: str, start: dt.date | None, today: dt.date) -> dt.date | None:
    end = parse_date(value)
    if end and end < today:
        raise Refusal(
            N_("The last day {end} is over. It must be {today} or later."), end=end.isoformat(), today=today.isoformat()
        )
    if end and start and end < start:
        raise Refusal(
            N_("The last day {end} is before the first day {start}. It must be the same day or later."),
            end=end.isoformat(),
            start=start.isoformat(),
        )
    return end


def already(row: Values, held: Officer) -> Refusal:
    """The person has the role already, with other dates."""
    if held.valid_until:
        return Refusal(
            N_("“{user}” has this role from {start} until {end} already. Revoke it first to change the dates."),
            user=row[USER],
            start=held.valid_from.isoformat(),
            end=held.valid_until.isoformat(),
        )
    return Refusal(
        N_("“{user}” has had this role since {start}, without an end. Revoke it first to change the dates."),
        user=row[USER],
        start=held.valid_from.isoformat(),
    )
