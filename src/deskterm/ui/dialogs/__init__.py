"""Dialogs: pickers, forms, help."""
