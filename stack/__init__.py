"""The local stack behind ``./opengov``: install, configure, start, look after. Standard library only."""
