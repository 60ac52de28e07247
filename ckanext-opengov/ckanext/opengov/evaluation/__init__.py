"""Evaluation of agencies: frameworks as data, indicators from facts, ratings that show when they are gamed."""
