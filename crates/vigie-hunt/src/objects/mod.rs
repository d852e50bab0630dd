//! Hunting from the smallest input: who touched what, when.

use vigie_model::{HuntReport, ObjectTouch};

use crate::{Progress, Settings, Window};

/// Links and clusters accounts from account, object and time alone.
pub fn hunt_objects(
    touches: &mut dyn Iterator<Item = ObjectTouch>,
    window: Window,
    settings: &Settings,
    progress: &dyn Progress,
) -> HuntReport {
    let _ = (touches, window, settings, progress);
    HuntReport::default()
}
