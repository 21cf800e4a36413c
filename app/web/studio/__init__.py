"""The studio: published items with their diagrams, and what was found about them."""
