"""Names and addresses, old and new, into communes of today."""
