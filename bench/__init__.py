"""Benchmarks: each measures its peer or the machine's limit in the same run and prints one JSON object."""

# CKAN puts its own folder first on the path, where "tests" is another package: ours is bound before.
import tests as tests
