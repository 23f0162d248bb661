"""What maps are worth: one table for ours and others, on the same images, by the same rules."""
