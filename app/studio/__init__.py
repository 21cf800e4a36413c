"""The studio room: drafts played and held against scenarios before anybody's case runs on them. No database."""
