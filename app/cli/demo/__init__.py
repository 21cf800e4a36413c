"""A demo: an office with people and cases in every state, made by the real verbs with the time handed in."""
