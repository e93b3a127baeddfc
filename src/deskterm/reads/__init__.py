"""What screens and reports show: one module for each, frozen rows out."""
