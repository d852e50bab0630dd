//! Campaigns as text, JSON and one self-contained HTML file
