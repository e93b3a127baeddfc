"""What other tools have written, brought in by services: any log by its mapping, and the demo's stories."""
