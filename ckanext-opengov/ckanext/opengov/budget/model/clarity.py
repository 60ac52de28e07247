"""Whether people found a line of a budget clear: counted, and nothing is kept of who said so."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column


class Clarity(tk.BaseModel):
    """Answers to “is this clear to you?” for a line or a sum; ``place`` says which, and stays with new versions."""

    __tablename__ = "opengov_budget_clarity"

    budget_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    place: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    clear: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    unclear: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)


class RelayedImport(tk.BaseModel):
    """An import that the journal has told of: the other database knows it before."""

    __tablename__ = "opengov_budget_relayed_import"

    import_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
