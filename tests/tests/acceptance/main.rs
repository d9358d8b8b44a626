//! Both services as real processes: the whole path, faults in the middle of it, bad input, and the README's commands.
//!
//! One binary, so that the workspace's programs are built once. Ports are chosen by the system; nothing waits for time
//! to pass, other than a fault that is itself a stretch of time.

mod faults;
mod follow;
mod input;
mod path;
mod readme;
