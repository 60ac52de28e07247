"""Tokens of the systems that push: bound to an agency, to data sets if wanted, and to what they may do."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.service import tokens
from ckanext.opengov.civic.service.refusal import N_, Refusal
from ckanext.opengov.data.model.keyed import PushToken
from ckanext.opengov.data.model.tables import utc_now

# Tells our tokens from CKAN's in the same header.
PREFIX = "ogd_"
PUSH, EXTEND, SANDBOX, REGISTER = "push", "schema:extend", "sandbox", "register"
# Scope → what it allows.
SCOPES = {
    PUSH: N_("send rows"),
    EXTEND: N_("add optional fields to a table"),
    SANDBOX: N_("rehearse: everything is checked and nothing is changed"),
    REGISTER: N_("register new data sets"),
}
# How often the time of the last use is written down.
_REMEMBERED = dt.timedelta(minutes=1)


def create(
    agency_id: str,
    name: str,
    scopes: Sequence[str],
    datasets: Sequence[str] = (),
    *,
    expires_at: dt.datetime | None = None,
    actor: str | None = None,
) -> tuple[PushToken, str]:
    """Make a token; its secret is not to be had again."""
    secret = PREFIX + tokens.new()
    token = PushToken(
        id=str(uuid.uuid4()),
        hash=tokens.digest(secret),
        name=name,
        agency_id=agency_id,
        datasets=list(datasets),
        scopes=list(scopes),
        expires_at=expires_at,
        created_by=actor,
    )
    model.Session.add(token)
    return token, secret


def of_agency(agency_id: str) -> list[PushToken]:
    """All tokens of an agency, newest first."""
    query = sa.select(PushToken).where(PushToken.agency_id == agency_id).order_by(PushToken.created_at.desc())
    return list(model.Session.scalars(query))


def read(secret: str) -> PushToken:
    """The token of a secret.

    :raises Refusal: when it is not known, revoked or over
    """
    found = model.Session.scalar(sa.select(PushToken).where(PushToken.hash == tokens.digest(secret)))
    if found is None:
        raise Refusal(N_("This token is not known here. Ask the agency for a new one."))
    if found.revoked_at:
        raise Refusal(N_("The token “{name}” was revoked. Ask the agency for a new one."), name=found.name)
    if found.expires_at and found.expires_at <= utc_now():
        raise Refusal(N_("The token “{name}” is over. Ask the agency for a new one."), name=found.name)
    return found


def require(token: PushToken, scopes: Sequence[str], agency_id: str, package_id: str | None = None) -> None:
    """Check what a token is for.

    :param scopes: one of them is enough
    :raises Refusal: with what it lacks
    """
    if token.agency_id != agency_id:
        text = N_("The token “{name}” belongs to another agency and cannot change the data of this one.")
        raise Refusal(text, name=token.name)
    if package_id and token.datasets and package_id not in token.datasets:
        raise Refusal(N_("The token “{name}” is not for this data set."), name=token.name)
    if not set(scopes) & set(token.scopes):
        text = N_("The token “{name}” lacks the scope {scope}. It has: {scopes}.")
        raise Refusal(text, name=token.name, scope=scopes[0], scopes=", ".join(token.scopes))


def used(token: PushToken) -> None:
    """Note that it was used."""
    now = utc_now()
    if token.used_at is None or token.used_at < now - _REMEMBERED:
        token.used_at = now
