"""Behaviour of the demonstration portals."""
