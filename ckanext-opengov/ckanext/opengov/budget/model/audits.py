"""Tables of audits and their findings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now

Moment = sa.DateTime(timezone=True)
Money = sa.Numeric(24, 2)


class Audit(tk.BaseModel):
    """One audit; ``id`` is that of its package, which belongs to the auditing body."""

    __tablename__ = "opengov_budget_audit"
    __table_args__ = (
        sa.Index("opengov_budget_audit_audited", "audited_id", "period_until"),
        sa.Index("opengov_budget_audit_body", "body_id", "period_until"),
    )

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    body_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    audited_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    title: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    summary: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    period_from: Mapped[dt.date] = mapped_column(sa.Date, nullable=False)
    period_until: Mapped[dt.date] = mapped_column(sa.Date, nullable=False)
    # How much money was looked at; None when that is not told.
    amount: Mapped[Decimal | None] = mapped_column(Money)
    act_number: Mapped[str | None] = mapped_column(sa.Text)
    act_date: Mapped[dt.date | None] = mapped_column(sa.Date)
    # draft, published or withdrawn.
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    published_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class Finding(tk.BaseModel):
    """One finding, numbered in its audit. Amounts in tenge."""

    __tablename__ = "opengov_budget_finding"
    __table_args__ = (
        sa.Index("opengov_budget_finding_open", "deadline", postgresql_where=sa.text("state <> 'cured'")),
        sa.Index("opengov_budget_finding_programme", "programme_code"),
        sa.Index("opengov_budget_finding_line", "line_code"),
        sa.CheckConstraint("amount >= 0 AND cured_amount >= 0 AND cured_amount <= amount", name="opengov_budget_sums"),
    )

    audit_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    object: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    violation: Mapped[str] = mapped_column(sa.Text, nullable=False)
    amount: Mapped[Decimal] = mapped_column(Money, nullable=False)
    cured_amount: Mapped[Decimal] = mapped_column(Money, nullable=False)
    recommendation: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    deadline: Mapped[dt.date | None] = mapped_column(sa.Date)
    responsible: Mapped[str] = mapped_column(sa.Text, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # What the audited agency says of it, and what proves it: [{title, url}].
    note: Mapped[str] = mapped_column(sa.Text, nullable=False)
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False)
    # As in the budget and in the passports of programmes; empty where there is none.
    programme_code: Mapped[str] = mapped_column(sa.Text, nullable=False)
    line_code: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # The day of the last reminder.
    reminded_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    changed_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
