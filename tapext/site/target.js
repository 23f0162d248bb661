/** Where a target is, as this archive knows it: no other host is asked. */

import { quote } from "./adql.js";
import { askObjects, Refusal } from "./tap.js";

/**
 * Find the place of a target by its name.
 * @param {string} name
 * @returns {Promise<{ra: number, dec: number}>} degrees, of the centre of an image that names it
 */
export async function askTarget(name) {
  const query = `SELECT TOP 1 COORD1(CENTROID(p.position_bounds)) AS ra, COORD2(CENTROID(p.position_bounds)) AS dec
FROM caom2.Plane AS p
JOIN caom2.Observation AS o ON o.obsID = p.obsID
WHERE o.target_name ILIKE ${quote(`${name}%`)} AND p.position_bounds IS NOT NULL`;
  const [place] = await askObjects(query, { most: 1 });
  if (!place) throw new Refusal(`No image of this archive names a target “${name}” and says where it is. Give a position, such as 13:29:52.7 +47:11:43, or leave the radius empty to search for the name alone.`);
  return { ra: Number(place.ra.toFixed(6)), dec: Number(place.dec.toFixed(6)) };
}
