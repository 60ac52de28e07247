"""An act as a tree of parts: read from files, written to files."""
