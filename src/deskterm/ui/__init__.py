"""The console: the only part that knows Textual."""
