//! One folder per detector: cluster in, finding out
