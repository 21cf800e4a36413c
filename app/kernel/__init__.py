"""The ground floor: database, time, identifiers, errors. No domain in it."""
