"""Benchmarks: each measures its peer or the machine's limit in the same run and prints one JSON object."""
