"""Pictures of the maps, for eyes: Map 1, the members of a node, what is confused with what, Map 2."""
