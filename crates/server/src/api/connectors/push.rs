//! Batches that a system sends by itself, signed as Standard Webhooks says: HMAC-SHA256 over id, time and body.
//!
//! Standard Webhooks and not RFC 9421: its three headers say the batch's name, its moment and its proof, a portal's
//! engineer writes it in five lines of any language or takes one of its libraries, and there is nothing to negotiate.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use measure::ConnectorCode;
use measure::connector::Limits;
use measure::connector::answer::pushed;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{ConnectorRun, NewRun, RunCause, RunCounts, RunEnd, Written};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::super::{Endpoints, Needs};
use crate::auth::hex;
use crate::connect::{self, failed_of, record, secret_of, words};
use crate::http::{Sent, written};
use crate::problem::{Answer, Found, Problem};
use crate::state::App;
use crate::words::Message;

/// A batch counts as long before and after the moment it was signed for.
const WINDOW_SECONDS: i64 = 5 * 60;
/// The most bytes of a batch.
const MOST_BYTES: usize = 8 << 20;
const PREFIX: &str = "whsec_";

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    endpoints.add_large(Needs::Nobody, MOST_BYTES, routes!(push))
}

/// A new key, as Standard Webhooks writes it.
pub(super) fn new_secret() -> String {
    format!("{PREFIX}{}", BASE64_STANDARD.encode(rand::random::<[u8; 32]>()))
}

/// Figures that a system sends. All of them are recorded, or none.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "described here, and read by its digits where every answer is")]
struct Batch {
    figures: Vec<PushedFigure>,
}

/// One figure of a batch.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "described here, and read by its digits where every answer is")]
struct PushedFigure {
    /// Left out when the connector has one.
    #[schema(nullable = false)]
    indicator: Option<String>,
    /// Left out when the connector has one.
    #[schema(nullable = false)]
    unit: Option<String>,
    #[schema(example = "2024-07")]
    period: String,
    /// Left out for the total.
    #[schema(nullable = false, example = "SEX=F")]
    breakdown: Option<String>,
    /// A decimal with a dot, as a text or a number; null when it is unknown, which is not zero.
    #[schema(example = "1234.5")]
    value: Option<String>,
    /// How much of the unit's systems is measured, 0 to 100; left out when the connector's counts.
    #[schema(nullable = false)]
    share: Option<String>,
}

/// What became of a batch.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct Taken {
    /// The number of its run.
    run: String,
    rows: u64,
    unknown: u64,
    figures: u64,
    /// Figures that differ from what was measured before, which were recorded.
    recorded: u64,
}

fn taken(id: i64, counts: RunCounts) -> Taken {
    let RunCounts { rows, unknown, figures, recorded, .. } = counts;
    Taken { run: id.to_string(), rows, unknown, figures, recorded }
}

/// Takes a signed batch of a connected system: everything in it is recorded, or nothing.
///
/// Signed as Standard Webhooks says: `webhook-id` names the batch, 1 to 128 printable characters, `webhook-timestamp` is
/// the second of now, `webhook-signature` is `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body` with the key
/// after `whsec_`. The same id with the same body is answered as before; with another body it is refused. A batch is
/// taken within five minutes of its timestamp. At most 8 MiB.
#[utoipa::path(post, path = "/push/{connector}", operation_id = "push", tag = "connectors", params(("connector" = String, Path),
        ("webhook-id" = String, Header), ("webhook-timestamp" = String, Header), ("webhook-signature" = String, Header)),
    request_body = Batch,
    responses((status = 200, body = Taken),
        (status = 401, description = "No such connector, a signature that does not hold, or a moment too far from now: `bad_signature`"),
        (status = 409, description = "The connector rests: `connector_paused`"),
        (status = 422, description = "Nothing was recorded, and why by row: `findings`, or of the whole batch; `idempotency_key_reused` when the id was used for another batch")))]
async fn push(
    State(app): State<App>,
    Path(code): Path<String>,
    headers: HeaderMap,
    sent: Sent,
) -> Answer<Response> {
    let code = ConnectorCode::parse(&code).map_err(|_| bad_signature())?;
    let kept = app.store.read().await?.connectors(Some(&code)).await?.pop();
    let connector = kept.map(|kept| kept.connector).filter(|one| one.pull().is_none());
    let connector = connector.ok_or_else(bad_signature)?;
    let secret = secret_of(&app, &code).await?.ok().flatten().ok_or_else(bad_signature)?;
    let id = verified(&headers, &sent.bytes, &secret, app.clock.real_now())?;
    if connector.is_paused {
        return Err(Message::said(409, "connector_paused", |language| {
            language
                .pick(
                    "Kết nối này đang tạm dừng nhận số liệu.",
                    "This connector rests and takes nothing.",
                )
                .to_owned()
        })
        .into());
    }
    let hash = hex(&Sha256::digest(&sent.bytes));
    if let Some(before) = app.store.read().await?.connector_run_by_key(&code, &id).await? {
        return replayed(&before, &hash);
    }
    let bytes = sent.bytes.len() as u64;
    let read = pushed(&sent.bytes, &connector, Limits::USUAL.most_rows);
    let mut counts = RunCounts { bytes, ..RunCounts::default() };
    let judged = match read {
        Err(fault) => Err((Problem::from(words::said(&fault)), failed_by(words::said(&fault)))),
        Ok(answer) => {
            connect::counted(&mut counts, &answer);
            let judged = connect::judge(&app, &connector, &answer).await?;
            judged.map_err(|findings| (refused(&findings), failed_of(&findings)))
        }
    };
    let mut new = NewRun {
        connector: code.clone(),
        cause: RunCause::Push,
        attempt: 1,
        due_at: None,
        period: None,
        actor: None,
        push: None,
    };
    match judged {
        Err((problem, end)) => {
            // Under no key: the system mends the batch and sends it again as the same.
            app.write(None, move |tx| {
                Box::pin(async move {
                    let id = tx.begin_connector_run(&new).await?;
                    Ok(tx.finish_connector_run(id, counts, &end).await?)
                })
            })
            .await?;
            Err(problem)
        }
        Ok(judged) => {
            new.push = Some((id.clone(), hash.clone()));
            let done = app.write(None, move |tx| {
                Box::pin(async move {
                    // Sent twice at once, the second finds the first.
                    if let Some(before) = tx.connector_run_by_key(&new.connector, &id).await? {
                        return if before.push.as_ref().is_some_and(|(_, other)| *other == hash) {
                            Ok(taken(before.id, before.counts))
                        } else {
                            Err(Message::KeyReused.into())
                        };
                    }
                    let run = tx.begin_connector_run(&new).await?;
                    let counts = record(tx, &connector, run, counts, judged).await?;
                    Ok(taken(run, counts))
                })
            });
            Ok(written(StatusCode::OK, done.await?))
        }
    }
}

fn failed_by(message: Message) -> RunEnd {
    use workflow::Language;
    RunEnd::Failed {
        may_pass: false,
        code: message.status_and_code().1.to_owned(),
        vi: message.text(Language::Vietnamese),
        en: message.text(Language::English),
    }
}

fn refused(findings: &[Found]) -> Problem {
    let mut problem = Problem::from(Message::BadFile(findings.len()));
    problem.at = findings.first().map(|first| first.at.clone());
    problem.findings = findings.iter().take(1000).cloned().collect();
    problem
}

fn replayed(before: &ConnectorRun, hash: &str) -> Answer<Response> {
    if before.push.as_ref().is_none_or(|(_, other)| other != hash) {
        return Err(Message::KeyReused.into());
    }
    let seq = match &before.ended {
        Some((_, RunEnd::Done { seq })) => seq.unwrap_or_default(),
        Some((_, RunEnd::Failed { .. })) | None => Default::default(),
    };
    let value = taken(before.id, before.counts);
    Ok(written(StatusCode::OK, Written { seq, value, replayed: true }))
}

fn bad_signature() -> Problem {
    Message::said(401, "bad_signature", |language| {
        language
            .pick(
                "Chữ ký không đúng hoặc đã quá giờ. Hãy kiểm tra mã kết nối, khóa, đồng hồ và cách ký.",
                "The signature does not hold or is too old. Check the connector's code, the key, the clock and how it is signed.",
            )
            .to_owned()
    })
    .into()
}

/// The name of a batch whose signature holds.
fn verified(headers: &HeaderMap, body: &[u8], secret: &str, now: Timestamp) -> Answer<String> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let id =
        text("webhook-id").filter(|id| (1..=128).contains(&id.len())).ok_or_else(bad_signature)?;
    let moment = text("webhook-timestamp").ok_or_else(bad_signature)?;
    let second: i64 = moment.parse().map_err(|_| bad_signature())?;
    let key = BASE64_STANDARD.decode(secret.strip_prefix(PREFIX).unwrap_or(secret));
    let key = key.map_err(|_| bad_signature())?;
    let mut signed = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of any length");
    for part in [id.as_bytes(), b".", moment.as_bytes(), b".", body] {
        signed.update(part);
    }
    // Several, while a key is changed. Each is compared in constant time.
    let holds = text("webhook-signature").unwrap_or_default().split(' ').any(|signature| {
        let sent = signature.strip_prefix("v1,").and_then(|sent| BASE64_STANDARD.decode(sent).ok());
        sent.is_some_and(|sent| signed.clone().verify_slice(&sent).is_ok())
    });
    let is_now = now.as_second().abs_diff(second) <= WINDOW_SECONDS.unsigned_abs();
    if holds && is_now { Ok(id.to_owned()) } else { Err(bad_signature()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    /// The example of the Standard Webhooks specification.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const SECOND: i64 = 1_614_265_330;

    #[test]
    fn a_signature_holds_for_its_name_its_moment_and_its_body() {
        let other = "v1,AAAA v2,x v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        for (case, id, moment, signature, body, now, holds) in [
            ("as in the specification", ID, "1614265330", SIGNATURE, BODY, SECOND, true),
            ("one of several", ID, "1614265330", other, BODY, SECOND, true),
            ("at the end of its window", ID, "1614265330", SIGNATURE, BODY, SECOND + 300, true),
            ("too old", ID, "1614265330", SIGNATURE, BODY, SECOND + 301, false),
            ("from the future", ID, "1614265330", SIGNATURE, BODY, SECOND - 301, false),
            ("another name", "msg_other", "1614265330", SIGNATURE, BODY, SECOND, false),
            ("another moment", ID, "1614265331", SIGNATURE, BODY, SECOND, false),
            ("another body", ID, "1614265330", SIGNATURE, b"{}", SECOND, false),
            (
                "another version",
                ID,
                "1614265330",
                &SIGNATURE.replace("v1", "v0"),
                BODY,
                SECOND,
                false,
            ),
            ("cut", ID, "1614265330", &SIGNATURE[..20], BODY, SECOND, false),
            ("none", ID, "1614265330", "", BODY, SECOND, false),
            ("no moment", ID, "now", SIGNATURE, BODY, SECOND, false),
            ("no name", "", "1614265330", SIGNATURE, BODY, SECOND, false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [
                ("webhook-id", id),
                ("webhook-timestamp", moment),
                ("webhook-signature", signature),
            ] {
                headers.insert(name, HeaderValue::from_str(value).unwrap());
            }
            let now = Timestamp::from_second(now).unwrap();
            assert_eq!(verified(&headers, body, SECRET, now).is_ok(), holds, "{case}");
        }
    }
}
