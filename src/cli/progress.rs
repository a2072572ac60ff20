//! The line that tells how far a long run is.

use std::io::{self, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// A line on standard error while a long run goes on.
pub(super) struct Progress {
    shown: bool,
    last: Mutex<(Instant, bool)>,
}

impl Progress {
    pub(super) fn new(shown: bool) -> Self {
        Self { shown, last: Mutex::new((Instant::now() + Duration::from_millis(700), false)) }
    }

    pub(super) fn tell(&self, done: u64, total: u64) {
        if !self.shown {
            return;
        }
        let Ok(mut last) = self.last.try_lock() else { return };
        let now = Instant::now();
        if now > last.0 {
            *last = (now + Duration::from_millis(100), true);
            let _ = write!(io::stderr(), "\r{done} of {total} files");
        }
    }

    pub(super) fn clear(&self) {
        if self.last.lock().is_ok_and(|last| last.1) {
            let _ = write!(io::stderr(), "\r\x1b[2K");
        }
    }
}
