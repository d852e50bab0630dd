//! x
use anyhow::Result;
/// x
pub fn run(_name: &str) -> Result<()> {
    Ok(())
}
