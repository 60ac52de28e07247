"""Reference data: tables that others refer to, code lists and the address register among them."""
