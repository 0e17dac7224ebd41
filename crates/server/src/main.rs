//! quantrac.
fn main() {}
