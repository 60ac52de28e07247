"""Requests of citizens to publish data: their rules, from the question to the published data set."""
