"""Open dialogue: appeals to the head of an agency, internet conferences, polls."""
