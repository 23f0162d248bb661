-- The nodes of the maps; the counts were taken over visible images by caom2_ai.refresh_nodes.
create view caom2_ai_view.node as
select mapID, node, gridX, gridY, nObjects, nImages, previewURL
from caom2_ai.node;
