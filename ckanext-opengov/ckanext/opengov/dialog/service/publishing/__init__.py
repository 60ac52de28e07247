"""Open dialogue as open data: its figures and the list of public appeals, published every night."""
