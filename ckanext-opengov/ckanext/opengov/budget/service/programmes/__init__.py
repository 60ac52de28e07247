"""Draft budget programmes on their way: discussion, answers, public council, approval, reports."""
