"""Polls: rules of questions and ballots, voting, counting, receipts."""
