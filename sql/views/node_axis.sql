-- The axes of the nodes in search vectors; they are of the models and tell nothing of an image. Not in TAP_SCHEMA.
create view caom2_ai_view.node_axis as
select mapID, node, axis
from caom2_ai.node_axis;
