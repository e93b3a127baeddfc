"""The command line: every act without a screen, and what puts scheduler and console together."""
