"""What people do with a desk: one function for one act, each one transaction."""
