"""Other ways of making the maps, built as their papers say, to compare ours with."""
