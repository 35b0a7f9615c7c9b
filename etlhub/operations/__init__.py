"""Keeping the hub running: doctor, backup, metrics, logs."""
