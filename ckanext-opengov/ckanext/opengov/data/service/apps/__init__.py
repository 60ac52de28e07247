"""Apps built on open data: their way, pictures, links, package; and how they are shown."""
