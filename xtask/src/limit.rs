//! A bound on the memory of this process.

/// Whether [`limit_memory`] can do anything on this system.
pub const IS_LIMITED: bool = cfg!(target_os = "linux");

/// Bounds the address space of this process to `mib` MiB and the stack reserved for the task; what goes beyond is
/// refused, and the process aborts.
///
/// Does nothing on systems other than Linux, see [`IS_LIMITED`]: they have no such bound, or don't keep it.
///
/// # Errors
///
/// What the operating system says to the limit.
#[cfg(target_os = "linux")]
pub fn limit_memory(mib: u64, stack: u64) -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let maximum = getrlimit(Resource::As).maximum;
    let wanted = mib.saturating_mul(1024 * 1024).saturating_add(stack);
    let current = Some(maximum.map_or(wanted, |maximum| maximum.min(wanted)));
    Ok(setrlimit(Resource::As, Rlimit { current, maximum })?)
}

/// Does nothing: see [`IS_LIMITED`].
///
/// # Errors
///
/// None.
#[cfg(not(target_os = "linux"))]
pub fn limit_memory(_mib: u64, _stack: u64) -> std::io::Result<()> {
    Ok(())
}
