//! A case of 100,000 members comes in fast, and its lists stay fast.
