"""An archive as large as one likes, made from a seed: what the benchmark of search runs on."""
