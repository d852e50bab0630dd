// Lines and dots put into pixels by hand: where no graphics hardware helps, 60,000 thin lines take a canvas seconds and this
// some hundredths of one.

/** A picture in memory, opaque. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
}

export type Ink = readonly [number, number, number];

export function sheet(width: number, height: number, [r, g, b]: Ink): Pixels {
  const data = new Uint8ClampedArray(4 * width * height);
  new Uint32Array(data.buffer).fill(((255 << 24) | (b << 16) | (g << 8) | r) >>> 0);
  return { width, height, data };
}

function blend({ width, height, data }: Pixels, x: number, y: number, [r, g, b]: Ink, share: number): void {
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  const at = 4 * (y * width + x);
  data[at] = data[at]! + (r - data[at]!) * share;
  data[at + 1] = data[at + 1]! + (g - data[at + 1]!) * share;
  data[at + 2] = data[at + 2]! + (b - data[at + 2]!) * share;
}

/** A line of one pixel, smoothed across its lesser direction (Xiaolin Wu 1991); `share` is how much it covers. */
export function line(on: Pixels, x0: number, y0: number, x1: number, y1: number, ink: Ink, share: number): void {
  const steep = Math.abs(y1 - y0) > Math.abs(x1 - x0);
  let [u0, v0, u1, v1] = steep ? [y0, x0, y1, x1] : [x0, y0, x1, y1];
  if (u0 > u1) [u0, v0, u1, v1] = [u1, v1, u0, v0];
  const slope = (v1 - v0) / (u1 - u0 || 1);
  // Only what lies on the sheet along the greater direction is walked; the lesser is tested pixel by pixel.
  const from = Math.max(0, Math.round(u0));
  const to = Math.min((steep ? on.height : on.width) - 1, Math.round(u1));
  for (let u = from; u <= to; u += 1) {
    const v = v0 + slope * (u - u0);
    const low = Math.floor(v);
    const rest = v - low;
    if (steep) {
      blend(on, low, u, ink, share * (1 - rest));
      blend(on, low + 1, u, ink, share * rest);
    } else {
      blend(on, u, low, ink, share * (1 - rest));
      blend(on, u, low + 1, ink, share * rest);
    }
  }
}

/** A filled disc with a soft rim. */
export function dot(on: Pixels, x: number, y: number, radius: number, ink: Ink): void {
  if (x < -radius || y < -radius || x > on.width + radius || y > on.height + radius) return;
  for (let v = Math.floor(y - radius); v <= Math.ceil(y + radius); v += 1) {
    for (let u = Math.floor(x - radius); u <= Math.ceil(x + radius); u += 1) {
      const share = radius + 0.5 - Math.hypot(u - x, v - y);
      if (share > 0) blend(on, u, v, ink, Math.min(1, share));
    }
  }
}
