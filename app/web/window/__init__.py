"""The window: receive for an applicant, accept, deliver."""
