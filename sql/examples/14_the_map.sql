-- name: What does the map of objects look like?
-- group: The two maps
-- One row for each node that holds something: its place on the grid of 20 by 20, and how many objects and images lie in it. Counts
-- are those of images that you may see, and they are renewed from time to time.
SELECT n.node, n.gridX, n.gridY, n.nObjects, n.nImages
FROM caom2_ai.node AS n
JOIN caom2_ai.map AS m ON m.mapID = n.mapID
WHERE m.kind = 'object' AND m.isCurrent = 1 AND n.nObjects > 0
ORDER BY nObjects DESC
