"""What the visitor sees around the components: theme, home, search, languages."""
