"""The report on a discussion: one model, five files."""
