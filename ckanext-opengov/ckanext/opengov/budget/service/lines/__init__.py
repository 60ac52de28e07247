"""Budget lines: read, mapped, checked, loaded, added up."""
