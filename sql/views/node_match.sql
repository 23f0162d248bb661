-- How the nodes of one map correspond to those of another.
create view caom2_ai_view.node_match as
select mapID1, node1, mapID2, node2, overlap
from caom2_ai.node_match;
