// One round of ForceAtlas2 over the library's own arrays; the package has no types for this file.
declare module "graphology-layout-forceatlas2/iterate.js" {
  import type { ForceAtlas2Settings } from "graphology-layout-forceatlas2";
  export default function iterate(settings: ForceAtlas2Settings, nodes: Float32Array, links: Float32Array): unknown;
}
