//! Settings from the environment, as a container gives them to the real process.

use std::process::Command;

/// Whether the process takes a public address with this value of `FINEPRINT_INSECURE`.
fn check(value: &str, is_taken: bool) {
    let done = Command::new(env!("CARGO_BIN_EXE_query-service"))
        .args(["--listen", "0.0.0.0:0", "--check-config"])
        .env("FINEPRINT_INSECURE", value)
        .output()
        .expect("the process runs");
    let told = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.success(), is_taken, "FINEPRINT_INSECURE={value}: {told}");
}

#[test]
fn a_flag_in_the_environment_is_read_as_people_write_it() {
    for value in ["1", "true", "yes", "on"] {
        check(value, true);
    }
    for value in ["", "0", "false", "no", "off"] {
        check(value, false);
    }
}
