"""The registry harvester: a JSON, CSV or XLSX list at an address, and a mapping that says what goes where."""
