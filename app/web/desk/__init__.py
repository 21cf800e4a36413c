"""The desk: the queue of one's posts, and one step at a time."""
