"""Figures of all months together, so that a page without a period adds nothing up; indexes by what is asked for.

Revision ID: dialog_006
"""

from alembic import op

revision = "dialog_006"
down_revision = "dialog_005"
branch_labels = None
depends_on = None

EVER = "0001-01-01"
METRICS = ("received", "answered", "in_time", "reopened", "forwarded", "rated", "useful", "solved")
KEYS = "agency_id, topic, region, kind"
INDEXES = {
    "by_agency": ["topic", "region", "kind", "month"],
    "by_topic": ["agency_id", "region", "kind", "month"],
    "by_region": ["agency_id", "topic", "kind", "month"],
    "region": ["region", "month"],
}
OLD_INDEXES = {"topic": ["topic", "region", "month"], "region": ["region", "month"]}


def upgrade() -> None:
    _forget_sums()
    sums = ", ".join(f"sum({name})" for name in METRICS)
    op.execute(
        f"INSERT INTO opengov_dialog_figure ({KEYS}, month, {', '.join(METRICS)}) "
        f"SELECT {KEYS}, date '{EVER}', {sums} FROM opengov_dialog_figure GROUP BY {KEYS}"
    )
    op.execute(
        f"INSERT INTO opengov_dialog_days ({KEYS}, month, days, count) "
        f"SELECT {KEYS}, date '{EVER}', days, sum(count) FROM opengov_dialog_days GROUP BY {KEYS}, days"
    )
    _index(OLD_INDEXES, INDEXES)


def _index(old: dict[str, list[str]], new: dict[str, list[str]]) -> None:
    for table in ("opengov_dialog_figure", "opengov_dialog_days"):
        for name in old:
            op.drop_index(f"{table}_{name}", table)
        for name, columns in new.items():
            op.create_index(f"{table}_{name}", table, columns)


def downgrade() -> None:
    _index(INDEXES, OLD_INDEXES)
    _forget_sums()


def _forget_sums() -> None:
    # Also before they are made: a portal that took new code before its migration has begun to keep them.
    for table in ("opengov_dialog_figure", "opengov_dialog_days"):
        op.execute(f"DELETE FROM {table} WHERE month = date '{EVER}'")
