"""What a user writes, in a stack file, as a mapping or as arguments, and what it means."""
