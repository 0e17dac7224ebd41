//! Two servers on one PostgreSQL: what one has acknowledged, the other answers.

use std::process::Command;

use serde_json::json;

use crate::ministry::{FILLED, Ministry, on_postgres};

/// Signs a body's form of July on one server; answers the commit.
async fn signed(on: &Ministry, body: &str) -> u64 {
    let (enters, signs) = (format!("nhap.{body}"), format!("ky.{body}"));
    let enterer = on.person(&enters);
    let form = enterer.open(body, "2024-07").await;
    enterer.write(&form, FILLED).await;
    enterer.post(&format!("{form}/submit"), json!({})).await.ok();
    let reply = on.person(&signs).post(&format!("{form}/sign"), json!({})).await;
    let seq = reply.seq.expect("a commit");
    reply.ok();
    seq
}

/// What the country comes to, of those that have sent it, as a server answers that knows a commit.
async fn country(on: &Ministry, seq: u64) -> String {
    let path = format!("/values?indicator=BC.DOANHTHU&unit=VN&period=2024-07&min_seq={seq}");
    let found = on.person("bo.phantich").get(&path).await.ok();
    let value = &found["values"][0];
    format!("{} of {}", value["value"].as_str().unwrap_or("-"), value["coverage"]["present"])
}

/// Ends the connections on which servers hear of one another; how many there were.
fn cut_ears(postgres: &str) -> usize {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../store/tests/suite/cut_ears.sql");
    let cut = Command::new("psql").args(["-qtA", "-d", postgres, "-f", script]).output().unwrap();
    assert!(cut.status.success(), "{}", String::from_utf8_lossy(&cut.stderr));
    String::from_utf8_lossy(&cut.stdout).lines().filter(|line| *line == "t").count()
}

#[test]
fn a_figure_that_was_signed_on_one_server_is_answered_by_the_other() {
    on_postgres(async |one, postgres| {
        let other = one.beside(&postgres).await;
        let seq = signed(&one, "52").await;
        assert_eq!(country(&other, seq).await, "120.5 of 1");
        let seq = signed(&other, "51").await;
        assert_eq!(country(&one, seq).await, "241 of 2");

        // Whoever hears nothing looks.
        assert_eq!(cut_ears(&postgres), 2);
        let seq = signed(&one, "54").await;
        assert_eq!(country(&other, seq).await, "361.5 of 3");
        cut_ears(&postgres);
        let seq = signed(&other, "56").await;
        assert_eq!(country(&one, seq).await, "482 of 4");

        // A commit that nobody has made is not waited for.
        let path =
            format!("/values?indicator=BC.DOANHTHU&unit=VN&period=2024-07&min_seq={}", seq + 1);
        one.person("bo.phantich").get(&path).await.refused(503, "behind");
    });
}
