"""The open government portal: a civic kit and the components that stand on it."""
