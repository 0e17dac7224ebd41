//! Accounts: who may sign in, what they are trusted with, and the links and tokens that prove who they are.

use std::collections::HashSet;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use document::workbook::{self, TableRow, Unreadable};
use jiff::SignedDuration;
use model::{BodyCode, PersonId, Sector};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Account as Kept, NewAccount, NewEvent, Tx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use workflow::{Grant, Language, Permission, Role as RoleOf};

use super::shapes::Role;
use super::values::shortened;
use super::{Endpoints, Needs, codes};
use crate::auth::{self, Caller, password};
use crate::clock::rfc3339;
use crate::http::{Params, Sent, SentJson, written};
use crate::problem::{Answer, FindingBody, Found, Place, Problem};
use crate::state::{App, Ministry};
use crate::words::Message;

/// How long a link for setting a password works.
const LINK: SignedDuration = SignedDuration::from_hours(72);
/// The most bytes of a spreadsheet of accounts.
const SPREADSHEET: usize = 8 << 20;

pub(super) fn add(endpoints: Endpoints) -> Endpoints {
    let manage = Needs::Permission(Permission::ManageAccounts);
    endpoints
        .add(manage.clone(), routes!(accounts, add_account))
        .add_large(manage.clone(), SPREADSHEET, routes!(import_accounts))
        .add(manage.clone(), routes!(disable))
        .add(manage.clone(), routes!(enable))
        .add(manage, routes!(reset_link))
        .add(Needs::Nobody, routes!(set_password))
        .add(Needs::Permission(Permission::SignIn), routes!(tokens, add_token))
        .add(Needs::Permission(Permission::SignIn), routes!(remove_token))
}

/// A person who can sign in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Account {
    id: String,
    user: String,
    name: String,
    email: Option<String>,
    roles: Vec<Role>,
    disabled: bool,
    /// Whether a password was set.
    has_password: bool,
}

impl From<&Kept> for Account {
    fn from(account: &Kept) -> Account {
        Account {
            id: account.id.0.to_string(),
            user: account.login.clone(),
            name: account.name.clone(),
            email: account.email.clone(),
            roles: account.grants.iter().map(Role::from).collect(),
            disabled: account.disabled,
            has_password: account.password.is_some(),
        }
    }
}

/// Accounts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Accounts {
    accounts: Vec<Account>,
}

/// Every account, in the order they were made.
#[utoipa::path(get, path = "/accounts", tag = "accounts", responses((status = 200, body = Accounts)))]
async fn accounts(State(app): State<App>) -> Answer<Json<Accounts>> {
    let kept = app.store.read().await?.accounts().await?;
    Ok(Json(Accounts { accounts: kept.iter().map(Account::from).collect() }))
}

/// An account to be made.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountRequest {
    /// 3 to 64 lower-case letters, digits, dots, underscores or hyphens.
    user: String,
    name: String,
    #[serde(default)]
    email: Option<String>,
    /// enterer, head, reviewer, analyst, minister, admin or auditor
    #[schema(value_type = codes::RoleCode)]
    role: String,
    /// Of an enterer or a head; several stand with commas between them.
    #[serde(default)]
    #[schema(example = "48, 52")]
    body: Option<String>,
    /// Of a reviewer; of an enterer none means all.
    #[serde(default)]
    #[schema(value_type = Vec<codes::SectorCode>)]
    sectors: Vec<String>,
}

/// An account and the link that sets its password once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AccountAndLink {
    account: Account,
    /// Works once, for three days.
    reset_link: String,
}

/// A field, what is wrong with it, and what was perhaps meant.
type WrongField = (&'static str, Message, Vec<String>);

/// The account to be made, or what is wrong with it.
fn checked(request: &AccountRequest, ministry: &Ministry) -> Result<NewAccount, Vec<WrongField>> {
    let mut wrong = vec![];
    let user = request.user.trim();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    if !(3..=64).contains(&user.len()) || !user.chars().all(plain) {
        wrong.push(("user", Message::BadUser(shortened(user)), vec![]));
    }
    let name = model::text::normalised(&request.name);
    match name.chars().count() {
        0 => wrong.push(("name", Message::Empty("name"), vec![])),
        1..=200 => {}
        _ => wrong.push(("name", Message::TooLong { field: "name", most: 200 }, vec![])),
    }
    let email = request.email.as_deref().map(str::trim).filter(|email| !email.is_empty());
    if let Some(email) = email
        && email.parse::<lettre::Address>().is_err()
    {
        wrong.push(("email", Message::BadEmail(shortened(email)), vec![]));
    }
    let named = request.body.as_deref().unwrap_or_default();
    let mut bodies: Vec<Option<BodyCode>> = vec![];
    for code in named.split([',', ';', ' ']).filter(|code| !code.is_empty()) {
        match ministry.body(code) {
            Ok(body) if bodies.contains(&Some(body.code.clone())) => {}
            Ok(body) => bodies.push(Some(body.code.clone())),
            Err(problem) => {
                wrong.push(("body", problem.message.clone(), problem.suggestions.clone()));
            }
        }
    }
    if bodies.is_empty() {
        bodies.push(None);
    }
    let mut sectors = vec![];
    for code in request.sectors.iter().map(|code| code.trim()).filter(|code| !code.is_empty()) {
        match Sector::parse(code) {
            Some(sector) => sectors.push(sector),
            None => wrong.push(("sectors", Message::UnknownSector(shortened(code)), vec![])),
        }
    }
    let grants = match RoleOf::parse(request.role.trim()) {
        Some(role) => {
            let grant = |body| Grant::new(role, body, sectors.clone());
            bodies.into_iter().map(grant).collect::<Result<Vec<Grant>, _>>().map_err(|bad| {
                wrong.push((
                    "role",
                    Message::said(422, "bad_grant", |language| bad.message(language).to_owned()),
                    vec![],
                ));
            })
        }
        None => {
            let known: Vec<&str> = RoleOf::ALL.into_iter().map(RoleOf::code).collect();
            let message =
                Message::NotOneOf { value: shortened(&request.role), known: known.join(", ") };
            wrong.push(("role", message, vec![]));
            Err(())
        }
    };
    match grants {
        Ok(grants) if wrong.is_empty() => Ok(NewAccount {
            login: user.to_owned(),
            name,
            email: email.map(str::to_owned),
            password: None,
            lang: Language::default(),
            grants,
        }),
        _ => Err(wrong),
    }
}

/// Makes an account; answers the link that sets its password.
#[utoipa::path(post, path = "/accounts", tag = "accounts", request_body = AccountRequest,
    responses((status = 201, body = AccountAndLink), (status = 409, description = "`user_taken`"),
        (status = 404, description = "`unknown_body`, `unknown_sector`, with the nearest codes"),
        (status = 422, description = "What is not right, by field in `at`: `bad_user`, `bad_email`, `bad_grant`, `empty`, `not_one_of`…; or `idempotency_key_reused`")))]
async fn add_account(
    State(app): State<App>,
    caller: Caller,
    sent: SentJson<AccountRequest>,
) -> Answer<Response> {
    let actor = caller.actor()?.person;
    let account = checked(&sent.value, &app.ministry()).map_err(|wrong| {
        let (field, message, suggestions) =
            wrong.into_iter().next().unwrap_or(("user", Message::Internal, vec![]));
        Problem::from(message).in_column(field).suggesting(suggestions)
    })?;
    let made = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let id = make(tx, &account, actor).await?;
                let made = tx.account(id).await?.ok_or(Message::Internal)?;
                Ok(Account::from(&made))
            })
        })
        .await?;
    let id = PersonId(made.value.id.parse().map_err(|_| Message::Internal)?);
    // A link is a secret: it is not kept with the answer, and a repeated request gets a new one.
    let reset_link = new_link(&app, id).await?;
    let (seq, replayed) = (made.seq, made.replayed);
    let value = AccountAndLink { account: made.value, reset_link };
    Ok(written(StatusCode::CREATED, store::Written { seq, value, replayed }))
}

async fn make(tx: &mut Tx, account: &NewAccount, actor: PersonId) -> Answer<PersonId> {
    if tx.account_by_login(&account.login).await?.is_some() {
        return Err(Problem::from(Message::UserTaken(account.login.clone())).in_column("user"));
    }
    let id = tx.add_account(account).await?;
    record(tx, "account_added", actor, json!({ "account": account.login, "name": account.name }))
        .await?;
    Ok(id)
}

async fn record(tx: &mut Tx, kind: &str, actor: PersonId, detail: serde_json::Value) -> Answer<()> {
    tx.event(NewEvent { kind: kind.to_owned(), actor: Some(actor), detail, ..NewEvent::default() })
        .await?;
    Ok(())
}

async fn new_link(app: &App, id: PersonId) -> Answer<String> {
    let (secret, hash) = auth::new_secret();
    app.write(None, move |tx| {
        Box::pin(async move {
            let ends = tx.now().checked_add(LINK).unwrap_or(tx.now());
            tx.add_reset_link(id, &hash, ends).await?;
            Ok(())
        })
    })
    .await?;
    Ok(format!("{}/dat-mat-khau?token={secret}", app.address))
}

/// An .xlsx file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "the description of a file")]
pub struct Spreadsheet(Vec<u8>);

/// How to import accounts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportAccountsParams {
    /// true: check only
    #[serde(default)]
    dry_run: bool,
}

/// What an import of accounts did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportedAccounts {
    /// Those that were made, with their links.
    accounts: Vec<AccountAndLink>,
    /// Rows of data.
    rows: u64,
    dry_run: bool,
    findings: Vec<FindingBody>,
}

/// Makes the accounts of a spreadsheet, all or none. Columns: user, name, email, role, body, sectors.
#[utoipa::path(post, path = "/accounts/import", tag = "accounts", params(ImportAccountsParams),
    request_body(content = Spreadsheet, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    responses((status = 200, body = ImportedAccounts), (status = 422, description = "None was made, and why by row and column: `findings`; or `bad_spreadsheet`, `not_a_workbook`, `workbook_locked`, `workbook_macros`, `workbook_too_large`, `workbook_damaged`, `idempotency_key_reused`")))]
async fn import_accounts(
    State(app): State<App>,
    caller: Caller,
    Params(asked): Params<ImportAccountsParams>,
    sent: Sent,
) -> Answer<Response> {
    let actor = caller.actor()?.person;
    let ministry = app.ministry();
    let requests = {
        let bytes = sent.bytes.clone();
        // A file that makes the reader stumble is damaged, whatever else it is.
        let read = tokio::task::spawn_blocking(move || workbook::table(&bytes)).await;
        rows_of(&read.unwrap_or(Err(Unreadable::Damaged))?)?
    };
    let mut taken: HashSet<String> =
        app.store.read().await?.accounts().await?.into_iter().map(|one| one.login).collect();
    let (mut made, mut findings) = (vec![], vec![]);
    for (row, request) in &requests {
        let found = |(column, message, suggestions): (&str, Message, Vec<String>)| Found {
            at: Place { row: Some(*row), column: Some(column.to_owned()), cell: None },
            message,
            suggestions,
        };
        match checked(request, &ministry) {
            Ok(account) if !taken.insert(account.login.clone()) => {
                findings.push(found(("user", Message::UserTaken(account.login), vec![])));
            }
            Ok(account) => made.push(account),
            Err(wrong) => findings.extend(wrong.into_iter().map(found)),
        }
    }
    let rows = requests.len() as u64;
    if asked.dry_run {
        let findings = findings.iter().map(|found| found.body(caller.speaks())).collect();
        let value = ImportedAccounts { accounts: vec![], rows, dry_run: true, findings };
        let seq = app.store.head().seq;
        return Ok(written(StatusCode::OK, store::Written { seq, value, replayed: false }));
    }
    if !findings.is_empty() {
        let mut problem = Problem::from(Message::BadFile(findings.len()));
        problem.at = findings.first().map(|first| first.at.clone());
        problem.findings = findings;
        return Err(problem);
    }
    let written_accounts = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let mut accounts = vec![];
                for account in &made {
                    let id = make(tx, account, actor).await?;
                    accounts.extend(tx.account(id).await?.as_ref().map(Account::from));
                }
                Ok(accounts)
            })
        })
        .await?;
    let mut accounts = vec![];
    for account in written_accounts.value {
        let id = PersonId(account.id.parse().map_err(|_| Message::Internal)?);
        accounts.push(AccountAndLink { reset_link: new_link(&app, id).await?, account });
    }
    let value = ImportedAccounts { accounts, rows, dry_run: false, findings: vec![] };
    let (seq, replayed) = (written_accounts.seq, written_accounts.replayed);
    Ok(written(StatusCode::OK, store::Written { seq, value, replayed }))
}

/// The rows of the first sheet, by the names in its first row.
fn rows_of(table: &[TableRow]) -> Answer<Vec<(u64, AccountRequest)>> {
    let (header, rows) = table.split_first().ok_or(Message::BadSpreadsheet)?;
    let place = |name: &str| {
        let mut columns = header.columns();
        columns.find(|(_, title)| title.eq_ignore_ascii_case(name)).map(|(column, _)| column)
    };
    let (Some(user), Some(name), Some(role)) = (place("user"), place("name"), place("role")) else {
        return Err(Message::BadSpreadsheet.into());
    };
    let (email, body, sectors) = (place("email"), place("body"), place("sectors"));
    let request = |row: &TableRow| {
        let at = |column: Option<usize>| column.map_or("", |column| row.text(column)).to_owned();
        let request = AccountRequest {
            user: at(Some(user)),
            name: at(Some(name)),
            email: Some(at(email)),
            role: at(Some(role)),
            body: Some(at(body)),
            sectors: at(sectors).split([',', ';', ' ']).map(str::to_owned).collect(),
        };
        (u64::from(row.number), request)
    };
    Ok(rows.iter().map(request).collect())
}

async fn kept(tx: &mut Tx, id: &str) -> Answer<Kept> {
    let unknown = || Problem::from(Message::UnknownAccount(shortened(id)));
    let number = id.parse().map_err(|_| unknown())?;
    tx.account(PersonId(number)).await?.ok_or_else(unknown)
}

/// No longer lets a person sign in; their sessions end at once.
#[utoipa::path(post, path = "/accounts/{id}/disable", tag = "accounts", params(("id" = String, Path)),
    responses((status = 200, body = Account), (status = 409, description = "`last_administrator`")))]
async fn disable(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer<Response> {
    set_disabled(&app, &caller, id, sent, true).await
}

/// Lets a person sign in again.
#[utoipa::path(post, path = "/accounts/{id}/enable", tag = "accounts", params(("id" = String, Path)),
    responses((status = 200, body = Account)))]
async fn enable(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer<Response> {
    set_disabled(&app, &caller, id, sent, false).await
}

async fn set_disabled(
    app: &App,
    caller: &Caller,
    id: String,
    sent: Sent,
    disabled: bool,
) -> Answer<Response> {
    let actor = caller.actor()?.person;
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let account = kept(tx, &id).await?;
                let administers = |one: &Kept| !one.disabled && one.grants.contains(&Grant::Admin);
                if disabled
                    && administers(&account)
                    && tx.accounts().await?.iter().filter(|one| administers(one)).count() == 1
                {
                    return Err(Message::LastAdministrator.into());
                }
                let account = Kept { disabled, ..account };
                tx.update_account(&account).await?;
                if disabled {
                    tx.end_sessions_of(account.id).await?;
                }
                let kind = if disabled { "account_disabled" } else { "account_enabled" };
                record(tx, kind, actor, json!({ "account": account.login, "name": account.name }))
                    .await?;
                Ok(Account::from(&account))
            })
        })
        .await?;
    app.known.forget();
    if let Ok(number) = done.value.id.parse() {
        app.remembered.forget(PersonId(number));
    }
    Ok(written(StatusCode::OK, done))
}

/// A link that sets a password once; earlier links no longer work.
#[derive(Debug, Serialize, ToSchema)]
pub struct Link {
    /// Works once, for three days.
    reset_link: String,
}

/// Makes a link that sets a password once.
#[utoipa::path(post, path = "/accounts/{id}/reset-link", tag = "accounts", params(("id" = String, Path)),
    responses((status = 200, body = Link)))]
async fn reset_link(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer<Response> {
    let actor = caller.actor()?.person;
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let account = kept(tx, &id).await?;
                record(
                    tx,
                    "reset_link_made",
                    actor,
                    json!({ "account": account.login, "name": account.name }),
                )
                .await?;
                Ok(account.id.0)
            })
        })
        .await?;
    let value = Link { reset_link: new_link(&app, PersonId(done.value)).await? };
    Ok(written(StatusCode::OK, store::Written { seq: done.seq, value, replayed: done.replayed }))
}

/// A link's token and the password to set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordRequest {
    token: String,
    /// At least 12 characters, without the user name in it.
    password: String,
}

/// Sets a password by a link; it works once. Ends the person's sessions.
#[utoipa::path(post, path = "/password", tag = "session", request_body = PasswordRequest,
    responses((status = 204, description = "The password is set"),
        (status = 410, description = "The link was used or is too old: `bad_link`"),
        (status = 422, description = "`weak_password`")))]
async fn set_password(State(app): State<App>, sent: SentJson<PasswordRequest>) -> Answer<Response> {
    let PasswordRequest { token, password: new } = sent.value;
    let token_hash = auth::secret_hash(&token);
    let mut reader = app.store.read().await?;
    let link = reader.reset_link(&token_hash).await?.ok_or(Message::BadLink)?;
    let account = reader.account(link.account).await?.ok_or(Message::BadLink)?;
    drop(reader);
    if link.used_at.is_some() || link.expires_at <= app.now() {
        return Err(Message::BadLink.into());
    }
    if !password::is_strong(&account.login, &new) {
        return Err(Problem::from(Message::WeakPassword).in_column("password"));
    }
    let hash = app.passwords.hash(&new).await?;
    let (id, login) = (account.id, account.login.clone());
    let done = app
        .write(None, move |tx| {
            Box::pin(async move {
                if !tx.use_reset_link(&token_hash).await? {
                    return Err(Message::BadLink.into());
                }
                let account = tx.account(id).await?.ok_or(Message::BadLink)?;
                let detail = json!({ "account": account.login, "name": account.name });
                tx.update_account(&Kept {
                    password: Some(hash),
                    failures: 0,
                    locked_until: None,
                    ..account
                })
                .await?;
                tx.end_sessions_of(id).await?;
                record(tx, "password_set", id, detail).await?;
                Ok(())
            })
        })
        .await?;
    app.known.forget();
    app.remembered.forget(id);
    app.attempts.succeeded(&login);
    Ok(written(StatusCode::NO_CONTENT, done))
}

/// A program's token, without its secret.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Token {
    id: String,
    name: String,
    created_at: String,
    expires_at: Option<String>,
    last_used_at: Option<String>,
}

impl From<&store::ApiToken> for Token {
    fn from(token: &store::ApiToken) -> Token {
        Token {
            id: token.id.to_string(),
            name: token.name.clone(),
            created_at: rfc3339(token.created_at),
            expires_at: token.expires_at.map(rfc3339),
            last_used_at: None,
        }
    }
}

/// Tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tokens {
    tokens: Vec<Token>,
}

/// One's own tokens.
#[utoipa::path(get, path = "/tokens", tag = "session", responses((status = 200, body = Tokens)))]
async fn tokens(State(app): State<App>, caller: Caller) -> Answer<Json<Tokens>> {
    let kept = app.store.read().await?.api_tokens(caller.actor()?.person).await?;
    Ok(Json(Tokens { tokens: kept.iter().map(Token::from).collect() }))
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// What its owner calls it.
    name: String,
}

/// A token with its secret, which is shown once.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenAndSecret {
    #[serde(flatten)]
    token: Token,
    /// Send it as `Authorization: Bearer …`; null when the request was a repeated one.
    secret: Option<String>,
}

/// Makes a token for a program that acts for oneself.
#[utoipa::path(post, path = "/tokens", tag = "session", request_body = TokenRequest,
    responses((status = 201, body = TokenAndSecret)))]
async fn add_token(
    State(app): State<App>,
    caller: Caller,
    sent: SentJson<TokenRequest>,
) -> Answer<Response> {
    let person = caller.actor()?.person;
    let name = model::text::normalised(&sent.value.name);
    match name.chars().count() {
        0 => return Err(Problem::from(Message::Empty("name")).in_column("name")),
        1..=100 => {}
        _ => {
            return Err(
                Problem::from(Message::TooLong { field: "name", most: 100 }).in_column("name")
            );
        }
    }
    let (secret, hash) = auth::new_secret();
    let made = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                let id = tx.add_api_token(person, &name, &hash, None).await?;
                record(tx, "token_added", person, json!({ "name": name })).await?;
                let token = store::ApiToken {
                    id,
                    account: person,
                    name,
                    created_at: tx.now(),
                    expires_at: None,
                };
                Ok(Token::from(&token))
            })
        })
        .await?;
    let secret = Some(secret).filter(|_| !made.replayed);
    let value = TokenAndSecret { token: made.value, secret };
    Ok(written(
        StatusCode::CREATED,
        store::Written { seq: made.seq, value, replayed: made.replayed },
    ))
}

/// Takes one of one's tokens away; it no longer works at once.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "session", params(("id" = String, Path)),
    responses((status = 204)))]
async fn remove_token(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer<Response> {
    let person = caller.actor()?.person;
    let number = id.parse::<i64>().map_err(|_| Message::NotFound)?;
    let done = app
        .write(sent.key, move |tx| {
            Box::pin(async move {
                if !tx.remove_api_token(person, number).await? {
                    return Err(Message::NotFound.into());
                }
                record(tx, "token_removed", person, json!({})).await
            })
        })
        .await?;
    app.known.forget();
    Ok(written(StatusCode::NO_CONTENT, done))
}
