"""What the actions of open data take: one module a part."""
