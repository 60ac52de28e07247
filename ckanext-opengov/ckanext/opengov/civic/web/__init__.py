"""What must hold for every request: forgery protection, sessions, caching."""
