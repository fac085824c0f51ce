"""Any file as sheets of untouched cells."""
