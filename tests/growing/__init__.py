"""A hub on three machines: PostgreSQL, Valkey, two web servers behind a balancer, four workers; one machine dies at work."""
