"""Where records are kept: tables, engine, migrations, and every difference between the two databases."""
