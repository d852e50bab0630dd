#![no_main]

use libfuzzer_sys::fuzz_target;
use vigie_ingest::Format;

fuzz_target!(|bytes: &[u8]| vigie_fuzz::read(bytes, Format::Parquet));
