// Compares two answers about a network.
import type { CaseNetwork } from "../../api/types";

/** Whether two answers say the same; a refresh that changes nothing must not lay everything out again. */
export const same = (old: CaseNetwork, now: CaseNetwork): boolean =>
  old.members === now.members && old.nodes.length === now.nodes.length && old.edges.length === now.edges.length
  && old.nodes.every((node, i) => {
    const other = now.nodes[i];
    return node.id === other?.id && node.account_id === other.account_id && node.score === other.score && node.share === other.share;
  })
  && old.edges.every((edge, e) => {
    const other = now.edges[e];
    return edge.a === other?.a && edge.b === other.b && edge.weight === other.weight && edge.layer === other.layer && edge.first === other.first;
  });
