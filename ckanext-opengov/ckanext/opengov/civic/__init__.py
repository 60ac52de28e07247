"""What two or more components share, and nothing else. It knows no component: each declares itself by a manifest."""
