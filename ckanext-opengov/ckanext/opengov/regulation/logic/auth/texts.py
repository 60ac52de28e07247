"""Who reads files into acts, compares versions, reads reports and says which change answers which comment."""

from __future__ import annotations

from ckanext.opengov.regulation.logic.auth import acts

OFFICERS = ("draft_act_import", "draft_act_change_link")
READERS = ("draft_act_diff", "draft_act_export", "draft_act_report")
EVERYBODY = ("draft_act_report_figures",)
__all__ = [*OFFICERS, *READERS, *EVERYBODY]  # pyright: ignore[reportUnsupportedDunderAll]

globals().update({name: acts.officer(name) for name in OFFICERS})
globals().update({name: acts.reader(name) for name in READERS})
globals().update({name: acts.everybody(name) for name in EVERYBODY})
