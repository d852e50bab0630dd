//! Log bytes to exchanges and errors, one file per format
