-- name: What does the map of objects look like?
-- One row for each node that holds something: its place on the grid of 20 by 20, and how many objects and images lie in it.
SELECT n.node, n.gridX, n.gridY, n.nObjects, n.nImages
FROM caom2_ai.node AS n
JOIN caom2_ai.map AS m ON m.mapID = n.mapID
WHERE m.kind = 'object' AND m.isCurrent = 1 AND n.nObjects > 0
ORDER BY nObjects DESC
