"""Programmes with texts, changes and opinions; reports and who owes them; audits with findings.

Revision ID: budget_010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "budget_010"
down_revision = "budget_001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(24, 2)
TABLES = (
    "programme",
    "programme_version",
    "programme_change",
    "opinion",
    "report",
    "obligation",
    "audit",
    "finding",
)


def _text(name, nullable=False):
    return sa.Column(name, sa.Text, nullable=nullable)


def _json(name):
    return sa.Column(name, JSONB, nullable=False)


def upgrade() -> None:
    for create in (_programme, _version, _change, _opinion, _report, _obligation, _audit, _finding):
        create()


def _programme() -> None:
    name = "opengov_budget_programme"
    op.create_table(
        name,
        sa.Column("id", sa.Text, primary_key=True),
        _text("agency_id"),
        _text("state"),
        _text("code"),
        _json("passport"),
        _json("moments"),
        sa.Column("term_from", sa.Date),
        sa.Column("due_at", MOMENT),
        sa.Column("overdue_told", MOMENT),
        sa.Column("round", sa.Integer, nullable=False),
        _text("withdrawn_reason", nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'discussion', 'answering', 'council', 'replying', 'approving', 'approved', 'reported',"
            " 'withdrawn')",
            name="opengov_budget_programme_known_state",
        ),
    )
    op.create_index(f"{name}_agency", name, ["agency_id", "state"])
    op.create_index(f"{name}_due", name, ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_index(f"{name}_code", name, ["code"])


def _version() -> None:
    op.create_table(
        "opengov_budget_programme_version",
        sa.Column("programme_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        _text("stage"),
        _json("passport"),
        _text("order_number", nullable=True),
        sa.Column("order_date", sa.Date),
        _text("reason", nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
    )


def _change() -> None:
    name = "opengov_budget_programme_change"
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger, sa.Identity(always=False), primary_key=True),
        _text("programme_id"),
        _text("anchor"),
        _text("source"),
        _json("comments"),
        _text("note"),
        _text("made_by", nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
    )
    op.create_index(f"{name}_of", name, ["programme_id", "anchor"])


def _opinion() -> None:
    name = "opengov_budget_opinion"
    op.create_table(
        name,
        sa.Column("programme_id", sa.Text, primary_key=True),
        sa.Column("round", sa.Integer, primary_key=True, autoincrement=False),
        _text("verdict"),
        _text("text"),
        _text("language"),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("votes_for", sa.Integer, nullable=False),
        sa.Column("votes_against", sa.Integer, nullable=False),
        sa.Column("votes_abstained", sa.Integer, nullable=False),
        _json("remarks"),
        _text("author_id"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("replied_at", MOMENT),
        sa.CheckConstraint("verdict IN ('for', 'remarks', 'against')", name="opengov_budget_opinion_known_verdict"),
    )
    op.create_index("ix_opengov_budget_opinion_author_id", name, ["author_id"])


def _report() -> None:
    name = "opengov_budget_report"
    op.create_table(
        name,
        sa.Column("id", sa.Text, primary_key=True),
        _text("agency_id"),
        _text("kind"),
        _text("level", nullable=True),
        _text("period"),
        _text("programme_id", nullable=True),
        _json("title"),
        _json("summary"),
        _json("figures"),
        _text("budget", nullable=True),
        _json("links"),
        _text("state"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT),
        sa.CheckConstraint("state IN ('draft', 'published', 'withdrawn')", name="opengov_budget_report_known_state"),
    )
    op.create_index(f"{name}_agency", name, ["agency_id", "kind", "period"])
    op.create_index(f"{name}_programme", name, ["programme_id"])


def _obligation() -> None:
    op.create_table(
        "opengov_budget_obligation",
        sa.Column("duty", sa.Text, primary_key=True),
        sa.Column("agency_id", sa.Text, primary_key=True),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
    )


def _audit() -> None:
    name = "opengov_budget_audit"
    op.create_table(
        name,
        sa.Column("id", sa.Text, primary_key=True),
        _text("body_id"),
        _text("audited_id"),
        _text("kind"),
        _json("title"),
        _json("summary"),
        sa.Column("period_from", sa.Date, nullable=False),
        sa.Column("period_until", sa.Date, nullable=False),
        sa.Column("amount", MONEY),
        _text("act_number", nullable=True),
        sa.Column("act_date", sa.Date),
        _text("state"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT),
        sa.CheckConstraint("state IN ('draft', 'published', 'withdrawn')", name="opengov_budget_audit_known_state"),
    )
    op.create_index(f"{name}_audited", name, ["audited_id", "period_until"])
    op.create_index(f"{name}_body", name, ["body_id", "period_until"])


def _finding() -> None:
    name = "opengov_budget_finding"
    op.create_table(
        name,
        sa.Column("audit_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        _json("object"),
        _text("violation"),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("cured_amount", MONEY, nullable=False),
        _json("recommendation"),
        sa.Column("deadline", sa.Date),
        _text("responsible"),
        _text("state"),
        _text("note"),
        _json("evidence"),
        _text("programme_code"),
        _text("line_code"),
        sa.Column("reminded_on", sa.Date),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('open', 'curing', 'cured', 'disputed')", name="opengov_budget_finding_state"),
        sa.CheckConstraint("amount >= 0 AND cured_amount >= 0 AND cured_amount <= amount", name="opengov_budget_sums"),
    )
    op.create_index(f"{name}_open", name, ["deadline"], postgresql_where=sa.text("state <> 'cured'"))
    op.create_index(f"{name}_programme", name, ["programme_code"])
    op.create_index(f"{name}_line", name, ["line_code"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(f"opengov_budget_{table}")
