"""The demonstration: a small country, entered through the same actions that users use."""
