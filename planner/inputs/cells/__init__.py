"""Cells into values: numbers, dates, yes and no, letters of old fonts."""
