//! Objects, links, dense groups and the statistics on them
