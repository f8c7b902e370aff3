//! Who sits at the machine, as the machine says. A name, not a proof: nothing here authenticates anybody.

/// The account on this machine, by the user id of this process: the environment can be set to anything.
pub fn account() -> String {
    let uid = rustix::process::getuid().as_raw();
    let by_file = std::fs::read_to_string("/etc/passwd")
        .ok()
        .and_then(|text| {
            text.lines().find_map(|line| {
                let mut fields = line.split(':');
                let name = fields.next()?;
                (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
            })
        });
    by_file
        .or_else(by_program)
        .unwrap_or_else(|| format!("uid {uid}"))
}

/// What the system's own program says, where accounts are not in the file.
fn by_program() -> Option<String> {
    let output = std::process::Command::new("id").arg("-un").output().ok()?;
    let name = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !name.is_empty()).then_some(name)
}
