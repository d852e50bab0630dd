//! What a hunt found, as text for a terminal, JSON for a program and one HTML file for people.
//!
//! What lives here: words, layout, pictures, escaping. What does not: files, clocks, terminals, the network; every
//! function turns a [`vigie_model::HuntReport`] into a string, the same one every time.

mod html;
mod json;
pub mod sample;
mod text;
mod words;

pub use html::{HtmlOptions, html};
pub use json::json;
pub use text::{explain, table};
