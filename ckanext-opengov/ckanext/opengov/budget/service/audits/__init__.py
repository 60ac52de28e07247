"""State audit and financial control: results, findings, and how they are cured."""
