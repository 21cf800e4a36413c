"""Supervision: the board of lights, the entries that red lights opened."""
