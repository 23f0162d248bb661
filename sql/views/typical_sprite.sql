-- What the picture of a map shows of each node: an object, or an image (artifactURI and x are NULL), that anybody may see.
create view caom2_ai_view.typical_sprite as
select o.mapID, o.node, o.planeID, o.artifactURI, o.part, o.x, o.y, o.a,
    concat_ws(' ', o.node, o.planeID, o.artifactURI, o.part, o.x, o.y) as cell, o.visible
from (select distinct on (mapID, node) * from caom2_ai_view.typical_object order by mapID, node, rank) o
union all
select i.mapID, i.node, i.planeID, null, '', null, null, null, concat_ws(' ', i.node, i.planeID), i.visible
from (select distinct on (mapID, node) * from caom2_ai_view.typical_image order by mapID, node, rank) i;
