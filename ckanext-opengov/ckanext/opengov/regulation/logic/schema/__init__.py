"""What the actions of open regulations take."""
