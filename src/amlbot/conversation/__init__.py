"""What a message means after what was said, and what is said to it."""
