"""From images to a model folder: encoder, nodes, layout, means, fields, card. Nothing else knows torch."""
