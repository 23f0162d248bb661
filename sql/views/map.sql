-- The maps: models by which objects (kind 'object') and images (kind 'field') were sorted.
create view caom2_ai_view.map as
select
    mapID, kind, objectMapID, gridWidth, gridHeight, modelHash, parameters::text as parameters, created,
    isCurrent::integer as isCurrent
from caom2_ai.map;
