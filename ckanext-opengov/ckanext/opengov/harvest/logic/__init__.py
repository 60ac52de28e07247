"""Actions of harvesting and who may use them."""
