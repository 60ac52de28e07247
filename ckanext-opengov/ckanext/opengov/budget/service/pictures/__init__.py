"""Where the parts of a picture lie. Pure: the drawing itself is in the templates."""
