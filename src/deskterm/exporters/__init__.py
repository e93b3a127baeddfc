"""What leaves the desk as a file that other programs show."""
