//! Exchange text to features: masks, fingerprints, marks, language
