//! How much work and stack one validation may take. The validator recurses without a bound of its
//! own and a hostile schema can make it try branches without end; every question it asks of the
//! tree comes past here, so here is where it is stopped.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Stack used on the caller's thread before a roomier one is taken. Worker threads have 2 MB.
const INLINE_STACK: usize = 512 << 10;
/// Stack of the thread that deep documents and all schemas are handled on; only what is touched
/// costs memory.
const ROOMY_STACK: usize = 160 << 20;
/// Left of either for what recurses without asking anything of the tree.
const RESERVE: usize = 16 << 20;

thread_local! {
    static LEFT: Cell<u64> = const { Cell::new(u64::MAX) };
    static FLOOR: Cell<usize> = const { Cell::new(0) };
}

/// Why a run did not end by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It took more steps than it may.
    Work,
    /// It nested deeper than any stack allows.
    Stack,
    /// The validator broke down.
    Broken,
}

/// Counts work done for the run on this thread; unwinds out of it when there was too much.
#[inline]
pub(super) fn charge(work: u64) {
    let left = LEFT.get();
    if left < work {
        stop(Stop::Work);
    }
    LEFT.set(left - work);
    // Stacks grow downwards on every platform Rust has threads on.
    let here = 0_u8;
    if std::ptr::from_ref(std::hint::black_box(&here)).addr() < FLOOR.get() {
        stop(Stop::Stack);
    }
}

/// Unwinding is the only way out of somebody else's recursion. No panic hook runs, so nothing is
/// printed.
#[cold]
fn stop(why: Stop) -> ! {
    resume_unwind(Box::new(why))
}

/// Runs with so many steps allowed: on this thread, or on a roomy one where its stack is too small.
pub(super) fn metered<T: Send>(work: u64, run: impl Fn() -> T + Sync) -> Result<T, Stop> {
    match here(work, INLINE_STACK, &run) {
        Err(Stop::Stack) => roomy(|| here(work, ROOMY_STACK - RESERVE, &run))?,
        other => other,
    }
}

/// Runs on a thread with much stack.
pub(super) fn roomy<T: Send>(run: impl FnOnce() -> T + Send) -> Result<T, Stop> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("schema".to_owned()).stack_size(ROOMY_STACK);
        let thread = thread.spawn_scoped(scope, run).map_err(|_| Stop::Stack)?;
        thread.join().map_err(|payload| reason(payload.as_ref()))
    })
}

fn here<T>(work: u64, stack: usize, run: &impl Fn() -> T) -> Result<T, Stop> {
    let marker = 0_u8;
    let at = std::ptr::from_ref(std::hint::black_box(&marker)).addr();
    let before = (LEFT.replace(work), FLOOR.replace(at.saturating_sub(stack)));
    let result = catch_unwind(AssertUnwindSafe(run));
    LEFT.set(before.0);
    FLOOR.set(before.1);
    result.map_err(|payload| reason(payload.as_ref()))
}

fn reason(payload: &(dyn Any + Send)) -> Stop {
    payload.downcast_ref().copied().unwrap_or(Stop::Broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sink(depth: u64) -> u64 {
        charge(1);
        let pad = std::hint::black_box([depth; 64]);
        if depth == 0 { 0 } else { sink(depth - 1) + pad[7] - pad[9] + 1 }
    }

    #[test]
    fn work_and_stack_are_both_bounded() {
        assert_eq!(metered(100, || sink(10)), Ok(10));
        assert_eq!(metered(100, || sink(1000)), Err(Stop::Work));
        // More than the caller's stack has, less than the roomy one.
        assert_eq!(metered(1 << 40, || sink(20_000)), Ok(20_000));
        assert_eq!(metered(1 << 40, || sink(1 << 40)), Err(Stop::Stack));
        assert_eq!(LEFT.get(), u64::MAX);
    }
}
