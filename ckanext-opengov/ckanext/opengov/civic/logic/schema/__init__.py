"""What the actions of the civic kit take: one module a part."""
