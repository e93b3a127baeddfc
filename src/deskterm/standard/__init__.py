"""The management standard as a TOML file: its models, its check, its differences, and it as a document."""
