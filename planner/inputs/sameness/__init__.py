"""Which rows are the same place: codes, likely duplicates, changes between versions."""
