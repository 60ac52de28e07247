"""Tables of evaluation."""
