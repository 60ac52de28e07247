"""Appeals: filing, the table of their way, moving along it, answering, figures."""
