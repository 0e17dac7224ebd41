//! A server that is told to stop keeps what it holds; the next one finds it, and reads only what came after.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::kill::{Client, Server, ask};
use crate::ministry::furnish_folder;

impl Server {
    /// As an operator does it.
    fn stop(mut self) {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        assert!(self.process.wait().unwrap().success());
    }
}

fn values(client: &Client<'_>) -> Value {
    client
        .get("/values?indicator=BC.DIEM,BC.DN&unit=VN,52&period=2023-12,2024-06&measure=level,rank")
}

#[test]
fn a_server_that_is_started_again_finds_what_the_last_one_held() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = furnish_folder(folder.path(), &["52"]);
    let token = &tokens["bo.quantri"];
    let mut before = json!(null);
    for (number, left) in ["", "cut", ""].into_iter().enumerate() {
        let server = Server::start(folder.path());
        let client = Client { address: &server.address, token };
        if number == 0 {
            let file = "indicator,unit,period,value\nBC.DIEM,52,2023-12,7\nBC.DN,51,2023-12,9\n";
            let sent = ask(&server.address, token, "POST", "/import", "text/csv", file).unwrap();
            assert!((200..300).contains(&sent.0), "{sent:?}");
            before = values(&client)["values"].clone();
        }
        assert_eq!(values(&client)["values"], before);
        let status = client.get("/status");
        let expected = if number == 2 { json!("damaged") } else { json!(null) };
        assert_eq!(status["cube"]["checkpoint_unfit"], expected);
        assert!(number != 1 || !status["cube"]["checkpoint"].is_null(), "{status:#}");
        server.stop();

        let kept = folder.path().join("cube.checkpoint");
        let text = fs::read(&kept).unwrap();
        let leftovers = fs::read_dir(folder.path()).unwrap().flatten();
        let is_new = |name: String| name.starts_with("cube.new-");
        assert!(!leftovers.into_iter().any(|one| is_new(one.file_name().to_string_lossy().into())));
        if left == "cut" {
            fs::write(&kept, &text[..text.len() / 2]).unwrap();
        }
    }
}
