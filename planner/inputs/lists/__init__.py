"""A sheet into typed columns: headings, rows, groups, totals."""
