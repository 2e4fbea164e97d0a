"""This machine and its monitors: lock, audit log, keys, schedule, metrics, notifications."""
