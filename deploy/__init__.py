"""How the hub is put into service."""
