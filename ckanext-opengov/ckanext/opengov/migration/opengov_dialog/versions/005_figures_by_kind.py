"""Figures by kind of appeal: the slices are told apart by one thing more, and counted anew once.

Revision ID: dialog_005
"""

import sqlalchemy as sa
from alembic import op

revision = "dialog_005"
down_revision = "dialog_004"
branch_labels = None
depends_on = None

METRICS = ("received", "answered", "in_time", "reopened", "forwarded", "rated", "useful", "solved")
PATTERNS = (
    (),
    ("agency_id",),
    ("topic",),
    ("region",),
    ("kind",),
    ("topic", "region"),
    ("agency_id", "kind"),
    ("topic", "kind"),
    ("region", "kind"),
    ("agency_id", "topic", "region", "kind"),
)
OLD_PATTERNS = ((), ("agency_id",), ("topic",), ("region",), ("topic", "region"), ("agency_id", "topic", "region"))
# What each appeal, and each passing on, adds.
ADDED = """
SELECT agency_id, topic, coalesce(region, '-') AS region, kind, month,
       1 AS received,
       (answered_at IS NOT NULL)::int AS answered,
       (answered_at IS NOT NULL AND coalesce(in_time, false))::int AS in_time,
       (reopened_at IS NOT NULL)::int AS reopened,
       0 AS forwarded,
       (rated_at IS NOT NULL)::int AS rated,
       coalesce(useful, false)::int AS useful,
       coalesce(solved, false)::int AS solved
FROM opengov_dialog_appeal
UNION ALL
SELECT transfer.from_agency_id, topic, coalesce(region, '-'), kind, month, 0, 0, 0, 0, 1, 0, 0, 0
FROM opengov_dialog_transfer AS transfer JOIN opengov_dialog_appeal AS appeal ON appeal.id = transfer.appeal_id
"""
TAKEN = """
SELECT agency_id, topic, coalesce(region, '-') AS region, kind, month,
       least(3650, greatest(0, (answered_at AT TIME ZONE 'Asia/Almaty')::date
                             - (registered_at AT TIME ZONE 'Asia/Almaty')::date)) AS days
FROM opengov_dialog_appeal WHERE answered_at IS NOT NULL
"""


def upgrade() -> None:
    for table, last in (("figure", ()), ("days", ("days",))):
        name = f"opengov_dialog_{table}"
        op.execute(f"DELETE FROM {name}")
        op.add_column(name, sa.Column("kind", sa.Text, nullable=False))
        op.drop_constraint(f"{name}_pkey", name, type_="primary")
        op.create_primary_key(f"{name}_pkey", name, ["agency_id", "topic", "region", "kind", "month", *last])
        op.create_index(f"{name}_region", name, ["region", "month"])
    op.create_index("opengov_dialog_days_topic", "opengov_dialog_days", ["topic", "region", "month"])
    _count(PATTERNS, ("agency_id", "topic", "region", "kind"))


def _count(patterns: tuple[tuple[str, ...], ...], names: tuple[str, ...]) -> None:
    keys = ", ".join(f"coalesce({name}, '')" for name in names)
    columns = ", ".join(names)
    sets = ", ".join(f"({', '.join((*pattern, 'month'))})" for pattern in patterns)
    sums = ", ".join(f"sum({metric})" for metric in METRICS)
    op.execute(
        f"INSERT INTO opengov_dialog_figure ({columns}, month, {', '.join(METRICS)}) "
        f"SELECT {keys}, month, {sums} FROM ({ADDED}) AS added GROUP BY GROUPING SETS ({sets})"
    )
    days = ", ".join(f"({', '.join((*pattern, 'month', 'days'))})" for pattern in patterns)
    op.execute(
        f"INSERT INTO opengov_dialog_days ({columns}, month, days, count) "
        f"SELECT {keys}, month, days, count(*) FROM ({TAKEN}) AS taken GROUP BY GROUPING SETS ({days})"
    )


def downgrade() -> None:
    op.drop_index("opengov_dialog_days_topic", "opengov_dialog_days")
    for table, last in (("figure", ()), ("days", ("days",))):
        name = f"opengov_dialog_{table}"
        op.execute(f"DELETE FROM {name}")
        op.drop_index(f"{name}_region", name)
        op.drop_constraint(f"{name}_pkey", name, type_="primary")
        op.drop_column(name, "kind")
        op.create_primary_key(f"{name}_pkey", name, ["agency_id", "topic", "region", "month", *last])
    _count(OLD_PATTERNS, ("agency_id", "topic", "region"))
