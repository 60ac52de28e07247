"""Actions of open regulations, who may call them and what they take."""
