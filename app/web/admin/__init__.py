"""Running the office: incidents, the record and its verification."""
