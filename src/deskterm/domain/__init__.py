"""The rules of the trade: values in, values out, nothing of databases or screens."""
