"""The IT service desk for people who live in a terminal."""
