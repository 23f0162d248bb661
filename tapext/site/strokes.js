/** Strokes over a grid: what a mouse or pen passes is painted; a finger looks and scrolls until it is told to paint. */

/**
 * What a grid does with a pointer.
 * @typedef {object} Reception
 * @property {(point: {clientX: number, clientY: number}) => number | null} nodeAt
 * @property {() => boolean} paintsByFinger
 * @property {(node: number) => void} begin
 * @property {(node: number) => void} extend
 * @property {(done: boolean) => void} end
 * @property {(node: number | null) => void} look
 */

/**
 * Tell a grid what a pointer does over its board.
 * @param {HTMLElement} board
 * @param {Reception} grid
 */
export function followPointer(board, grid) {
  let paints = false;
  const paintsWith = ({ pointerType, button, isPrimary }) =>
    isPrimary && button === 0 && (pointerType !== "touch" || grid.paintsByFinger());
  const finish = (done) => {
    if (paints) grid.end(done);
    paints = false;
  };
  board.addEventListener("pointerdown", (event) => {
    const node = grid.nodeAt(event);
    if (node === null || !paintsWith(event)) return;
    paints = true;
    board.setPointerCapture(event.pointerId);
    grid.begin(node);
  });
  board.addEventListener("pointermove", (event) => {
    if (!paints) return void (event.pointerType === "touch" || grid.look(grid.nodeAt(event)));
    for (const point of event.getCoalescedEvents()) {
      const node = grid.nodeAt(point);
      if (node !== null) grid.extend(node);
    }
  });
  board.addEventListener("pointerup", () => finish(true));
  board.addEventListener("pointercancel", () => finish(false));
  board.addEventListener("pointerleave", () => grid.look(null));
}
