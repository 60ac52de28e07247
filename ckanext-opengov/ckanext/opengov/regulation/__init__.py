"""Open regulations: draft acts discussed paragraph by paragraph, with answers that can be checked."""
