"""The ETL command: collects fund files from the portals. Knows nothing of Django."""
