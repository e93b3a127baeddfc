"""Other systems' files, brought in by services; one module per source."""
