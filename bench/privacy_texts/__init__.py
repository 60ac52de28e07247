"""The texts of the privacy benchmark."""
