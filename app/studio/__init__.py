"""The studio room: drafts played, held against scenarios and concluded cases; running cases moved to a new version."""
