"""Tables of budget reports: the reports, and which agency owes which."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now

Moment = sa.DateTime(timezone=True)


class Report(tk.BaseModel):
    """One report; ``id`` is that of its package."""

    __tablename__ = "opengov_budget_report"
    __table_args__ = (
        sa.Index("opengov_budget_report_agency", "agency_id", "kind", "period"),
        sa.Index("opengov_budget_report_programme", "programme_id"),
    )

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # execution, programme, statements or citizens.
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # Of an execution report and a citizens' budget: republican, state, consolidated or local.
    level: Mapped[str | None] = mapped_column(sa.Text)
    # 2026, 2026-Q3 or 2026-09.
    period: Mapped[str] = mapped_column(sa.Text, nullable=False)
    programme_id: Mapped[str | None] = mapped_column(sa.Text)
    title: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    summary: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    # As service/reports/figures.py makes it.
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    # The budget that the figures come from, and files or pages with the whole report.
    budget: Mapped[str | None] = mapped_column(sa.Text)
    links: Mapped[list[dict[str, str]]] = mapped_column(JSONB, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    published_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class Obligation(tk.BaseModel):
    """An agency owes a kind of report from a day on; ``duty`` is a key of duties.yaml."""

    __tablename__ = "opengov_budget_obligation"

    duty: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    agency_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    since: Mapped[dt.date] = mapped_column(sa.Date, nullable=False)
    until: Mapped[dt.date | None] = mapped_column(sa.Date)
