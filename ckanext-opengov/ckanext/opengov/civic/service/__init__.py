"""The rules of the civic kit. They know neither pages nor actions."""
