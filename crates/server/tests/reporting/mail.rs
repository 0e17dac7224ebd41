//! Reminders leave by SMTP, against a real mail server on this machine.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};
use server::config::Smtp;
use server::mail::send_waiting;

use crate::ministry::{Ministry, on_sqlite};

/// Debian's aiosmtpd, or the smtpd that Python brought along until 3.12. It prints its port, then a line of JSON
/// for each letter; whoever is at `refused` is refused.
const MAIL_SERVER: &str = r#"
import sys, json, email, email.policy, threading
def told(sender, to, data):
    letter = email.message_from_bytes(data, policy=email.policy.default)
    print(json.dumps({"from": sender, "to": sorted(to), "subject": letter["subject"], "text": letter.get_content()}), flush=True)
port = int(sys.argv[1])
try:
    from aiosmtpd.controller import Controller
    class Handler:
        async def handle_RCPT(self, server, session, envelope, address, options):
            if address.startswith("refused"):
                return "550 no such mailbox"
            envelope.rcpt_tos.append(address)
            return "250 OK"
        async def handle_DATA(self, server, session, envelope):
            told(envelope.mail_from, envelope.rcpt_tos, envelope.content)
            return "250 OK"
    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    print("ready", flush=True)
    threading.Event().wait()
except ImportError:
    import asyncore, smtpd
    class Channel(smtpd.SMTPChannel):
        def smtp_RCPT(self, arg):
            if "refused" in arg:
                self.push("550 no such mailbox")
            else:
                super().smtp_RCPT(arg)
    class Server(smtpd.SMTPServer):
        channel_class = Channel
        def process_message(self, peer, sender, to, data, **more):
            told(sender, to, data)
    Server(("127.0.0.1", port), None)
    print("ready", flush=True)
    asyncore.loop()
"#;

/// A mail server; gone when dropped.
struct MailServer {
    process: Child,
    printed: Receiver<String>,
}

impl MailServer {
    fn start(port: u16) -> MailServer {
        let python = if std::path::Path::new("/usr/bin/python3").exists() {
            "/usr/bin/python3"
        } else {
            "python3"
        };
        let mut process = Command::new(python)
            .args(["-W", "ignore", "-c", MAIL_SERVER, &port.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // Read as it comes, so that the mail server never waits for us.
        let (tell, printed) = channel();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        std::thread::spawn(move || {
            lines.map_while(Result::ok).try_for_each(|line| tell.send(line))
        });
        let server = MailServer { process, printed };
        assert_eq!(server.line(), "ready");
        server
    }

    fn line(&self) -> String {
        self.printed.recv_timeout(Duration::from_secs(60)).expect("the mail server says something")
    }

    fn letter(&self) -> Value {
        serde_json::from_str(&self.line()).unwrap()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn there_is_python() -> bool {
    let found = Command::new("python3").arg("--version").output().is_ok();
    if !found {
        eprintln!("skipped: python3, which runs the mail server, is not installed");
    }
    found
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn smtp(port: u16) -> Smtp {
    Smtp { host: "127.0.0.1".into(), port, from: "Quantrac <nhac@quantrac.example>".into() }
}

async fn remind(ministry: &Ministry, bodies: Value) -> u64 {
    let asked = json!({"template": "SO-THANG", "period": "2024-07", "bodies": bodies});
    ministry.person("bo.duyet").post("/reminders", asked).await.ok()["sent"].as_u64().unwrap()
}

async fn waiting(ministry: &Ministry) -> usize {
    ministry.app.store.read().await.unwrap().reminders_to_mail().await.unwrap().len()
}

#[test]
fn a_reminder_goes_out_once_and_waits_for_a_mail_server_that_is_away() {
    if !there_is_python() {
        return;
    }
    on_sqlite(async |ministry| {
        let port = free_port();
        assert_eq!(remind(&ministry, json!(["52", "48"])).await, 2);
        let error = send_waiting(&ministry.app, &smtp(port)).await.unwrap_err();
        assert!(format!("{error:#}").contains("sending a reminder"), "{error:#}");
        assert_eq!(waiting(&ministry).await, 2, "nothing is lost");

        let server = MailServer::start(port);
        assert_eq!(send_waiting(&ministry.app, &smtp(port)).await.unwrap(), 2);
        let letters = [server.letter(), server.letter()];
        let of = |letter: &Value| letter["to"][0].as_str().unwrap().to_owned();
        assert_eq!(letters.each_ref().map(of), ["52@quantrac.example", "48@quantrac.example"]);
        let letter = &letters[0];
        assert_eq!(
            letter["to"],
            json!(["52@quantrac.example", "ky.52@quantrac.example", "nhap.52@quantrac.example"])
        );
        assert_eq!(letter["from"], "nhac@quantrac.example");
        assert_eq!(letter["subject"], "Nhắc đến hạn: Báo cáo thống kê tháng của Sở, tháng 7/2024");
        let text = letter["text"].as_str().unwrap().replace("\r\n", "\n");
        let expected = "Kính gửi đơn vị,\n\n\
            Bộ chưa nhận được “Báo cáo thống kê tháng của Sở”, tháng 7/2024. \
            Hạn gửi: 17:00 ngày 8/8/2024, còn 3 ngày đến hạn.\n\n\
            Mở biểu: http://127.0.0.1:8080/nhap-lieu\n";
        assert_eq!(text.trim_end(), expected.trim_end());

        assert_eq!(send_waiting(&ministry.app, &smtp(port)).await.unwrap(), 0);
        assert_eq!(waiting(&ministry).await, 0);
        drop(server);
        assert_eq!(
            send_waiting(&ministry.app, &smtp(port)).await.unwrap(),
            0,
            "with nothing to say nobody is called"
        );

        // In the application, at once.
        let notices = ministry.person("nhap.52").get("/notices").await.ok();
        let notice = &notices["notices"][0];
        assert_eq!(
            notice["text_vi"],
            "Nhắc đến hạn: Báo cáo thống kê tháng của Sở, tháng 7/2024, còn 3 ngày đến hạn"
        );
        assert_eq!(notice["read"], false);
        let read = json!({"ids": [notice["id"]]});
        ministry.person("nhap.48").post("/notices/read", read.clone()).await.ok();
        assert_eq!(
            ministry.person("nhap.52").get("/notices").await.ok()["notices"][0]["read"],
            false
        );
        ministry.person("nhap.52").post("/notices/read", read).await.ok();
        assert_eq!(
            ministry.person("nhap.52").get("/notices").await.ok()["notices"][0]["read"],
            true
        );
    });
}

#[test]
fn an_address_that_is_refused_holds_up_nobody() {
    if !there_is_python() {
        return;
    }
    on_sqlite(async |ministry| {
        for (user, email) in
            [("nhap.52", "refused@quantrac.example"), ("ky.48", "không phải địa chỉ")]
        {
            let mut account = ministry
                .app
                .store
                .read()
                .await
                .unwrap()
                .account_by_login(user)
                .await
                .unwrap()
                .unwrap();
            account.email = Some(email.to_owned());
            let change = ministry
                .app
                .store
                .write(None, move |tx| Box::pin(async move { tx.update_account(&account).await }));
            change.await.unwrap();
        }
        let port = free_port();
        let server = MailServer::start(port);
        remind(&ministry, json!(["52", "48"])).await;
        assert_eq!(send_waiting(&ministry.app, &smtp(port)).await.unwrap(), 2);
        let to: Vec<Value> = (0..3).map(|_| server.letter()["to"].clone()).collect();
        assert_eq!(
            to,
            [
                json!(["52@quantrac.example"]),
                json!(["ky.52@quantrac.example"]),
                json!(["48@quantrac.example", "nhap.48@quantrac.example"])
            ]
        );
        assert_eq!(waiting(&ministry).await, 0);
    });
}

#[test]
fn whoever_has_sent_the_form_meanwhile_is_not_reminded() {
    if !there_is_python() {
        return;
    }
    on_sqlite(async |ministry| {
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        assert_eq!(remind(&ministry, json!("all_late")).await, 63);
        enterer.write(&form, crate::ministry::FILLED).await;
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        ministry.person("ky.52").post(&format!("{form}/sign"), json!({})).await.ok();
        assert_eq!(remind(&ministry, json!("all_late")).await, 62, "nor in the application");
        let port = free_port();
        let _server = MailServer::start(port);
        assert_eq!(send_waiting(&ministry.app, &smtp(port)).await.unwrap(), 62 + 62);
        assert_eq!(waiting(&ministry).await, 0);
        ministry
            .person("nhap.52")
            .post(
                "/reminders",
                json!({"template": "SO-THANG", "period": "2024-07", "bodies": ["48"]}),
            )
            .await
            .refused(403, "forbidden");
    });
}

#[test]
fn the_digest_of_a_week_goes_out_to_each_person_once() {
    if !there_is_python() {
        return;
    }
    on_sqlite(async |ministry| {
        let enterer = ministry.person("nhap.52");
        let form = enterer.open("52", "2024-07").await;
        enterer.write(&form, crate::ministry::FILLED).await;
        enterer.post(&format!("{form}/submit"), json!({})).await.ok();
        // Two of them, who sit at two desks and enter for two provinces, have no address.
        let told = server::digest::send_digests(&ministry.app).await.unwrap() - 2;
        let port = free_port();
        let error = server::mail::send_digests(&ministry.app, &smtp(port)).await.unwrap_err();
        assert!(format!("{error:#}").contains("sending"), "{error:#}");
        let server = MailServer::start(port);
        assert_eq!(
            server::mail::send_digests(&ministry.app, &smtp(port)).await.unwrap(),
            told,
            "nothing was lost while the mail server was away"
        );
        let letters: Vec<Value> = (0..told).map(|_| server.letter()).collect();
        let of = |to: &str| letters.iter().find(|one| one["to"] == json!([to])).unwrap();
        let letter = of("ky.52@quantrac.example");
        assert_eq!(
            letter["subject"],
            "Tuần 5/8/2024 – 9/8/2024: 1 biểu đến hạn, 0 biểu quá hạn, 1 việc chờ bạn"
        );
        let text = letter["text"].as_str().unwrap().replace("\r\n", "\n");
        let expected = "Tuần 5/8/2024 – 9/8/2024: 1 biểu đến hạn, 0 biểu quá hạn, 1 việc chờ bạn.\n\n\
            Đến hạn trong tuần:\n\
            - Báo cáo thống kê tháng của Sở, tháng 7/2024, hạn thứ Năm 8/8/2024\n\n\
            Chờ bạn:\n\
            - Báo cáo thống kê tháng của Sở, tháng 7/2024: chờ ký\n\n\
            Mở: http://127.0.0.1:8080/\n";
        assert_eq!(text.trim_end(), expected.trim_end());
        assert_eq!(
            server::mail::send_digests(&ministry.app, &smtp(port)).await.unwrap(),
            0,
            "once"
        );
    });
}
