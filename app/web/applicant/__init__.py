"""The applicant: begin, fill in, hand in; one's cases; what waits for one."""
