"""Harvesters. They write through actions only."""
