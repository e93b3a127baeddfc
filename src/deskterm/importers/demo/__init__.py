"""A desk that looks alive: a cast, stories, and weeks of work played through the services."""
