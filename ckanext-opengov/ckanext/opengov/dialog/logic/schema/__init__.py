"""What the actions of open dialogue take: one module a part."""
