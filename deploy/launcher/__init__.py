"""What start.py does, in the standard library only: environment, front end, Valkey, supervised children, test suite."""
