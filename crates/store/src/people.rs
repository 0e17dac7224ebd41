//! Accounts, what they are trusted with, and how they prove who they are. Secrets are here as hashes only.

use jiff::Timestamp;
use jiff::civil::Date;
use model::{BodyCode, PersonId, Sector};
use workflow::{Actor, Grant, Language, Role};

use crate::columns::{code, word};
use crate::delegations::Lent;
use crate::sql::{Row, args, sql};
use crate::{Reader, StoreError, Tx};

/// A person who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Their number.
    pub id: PersonId,
    /// What they sign in as.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Where reset links and reminders go.
    pub email: Option<String>,
    /// The hash of their password, in the text form of argon2; `None` until they set one.
    pub password: Option<String>,
    /// The language they read.
    pub lang: Language,
    /// Whether they can no longer sign in.
    pub disabled: bool,
    /// Failed attempts since the last success.
    pub failures: u32,
    /// Until when attempts are refused.
    pub locked_until: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// What they are trusted with themselves.
    pub grants: Vec<Grant>,
    /// What others have lent them for some days, whether it holds already or no longer.
    pub lent: Vec<Lent>,
}

impl Account {
    /// The person as decisions see them on a day: with what is lent to them then.
    pub fn actor_on(&self, day: Date) -> Actor {
        let lent = self.lent.iter().flat_map(|lent| lent.by.lends(&lent.grants, day));
        let grants = self.grants.iter().chain(lent).cloned().collect();
        Actor { person: self.id, name: self.name.clone(), grants }
    }
}

/// An account to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccount {
    /// What they sign in as; the caller has seen that nobody else does.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// The hash of their password.
    pub password: Option<String>,
    /// The language they read.
    pub lang: Language,
    /// What they are trusted with.
    pub grants: Vec<Grant>,
}

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub account: PersonId,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A program that acts for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Its number.
    pub id: i64,
    /// For whom.
    pub account: PersonId,
    /// What its owner calls it.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when; `None` for as long as it is kept.
    pub expires_at: Option<Timestamp>,
}

/// A link that lets a person set a password once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetLink {
    /// For whom.
    pub account: PersonId,
    /// Until when.
    pub expires_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

impl Reader {
    /// Every account, in the order they were made.
    pub async fn accounts(&mut self) -> Result<Vec<Account>, StoreError> {
        self.accounts_of(None, None).await
    }

    /// One account.
    pub async fn account(&mut self, id: PersonId) -> Result<Option<Account>, StoreError> {
        Ok(self.accounts_of(Some(id), None).await?.pop())
    }

    /// The account that signs in with this name.
    pub async fn account_by_login(&mut self, login: &str) -> Result<Option<Account>, StoreError> {
        Ok(self.accounts_of(None, Some(login)).await?.pop())
    }

    async fn accounts_of(
        &mut self,
        id: Option<PersonId>,
        login: Option<&str>,
    ) -> Result<Vec<Account>, StoreError> {
        let id = id.map(|id| id.0);
        let rows = self.conn.fetch_all(sql!("accounts"), args![id, login]).await?;
        let mut accounts = rows.iter().map(account).collect::<Result<Vec<_>, _>>()?;
        for row in self.conn.fetch_all(sql!("grants"), args![id, login]).await? {
            let of = PersonId(row.int(0)?);
            if let Some(account) = accounts.iter_mut().find(|account| account.id == of) {
                account.grants.push(grant(row.text(1)?, row.maybe_text(2)?, row.text(3)?)?);
            }
        }
        for (deputy, lent) in self.delegated(id, login).await? {
            if let Some(account) = accounts.iter_mut().find(|account| account.id == deputy) {
                account.lent.push(lent);
            }
        }
        Ok(accounts)
    }

    /// The session of a token's hash that has not expired.
    pub async fn session(
        &mut self,
        token_hash: &str,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let row = self.conn.fetch_optional(sql!("session"), args![token_hash, now]).await?;
        row.map(|row| {
            Ok(Session {
                account: PersonId(row.int(0)?),
                created_at: row.instant(1)?,
                expires_at: row.instant(2)?,
            })
        })
        .transpose()
    }

    /// The program's token of this hash that has not expired.
    pub async fn api_token(
        &mut self,
        token_hash: &str,
        now: Timestamp,
    ) -> Result<Option<ApiToken>, StoreError> {
        let row = self.conn.fetch_optional(sql!("api_token"), args![token_hash, now]).await?;
        row.as_ref().map(api_token).transpose()
    }

    /// A person's tokens, the newest last.
    pub async fn api_tokens(&mut self, account: PersonId) -> Result<Vec<ApiToken>, StoreError> {
        let rows = self.conn.fetch_all(sql!("api_tokens"), args![account]).await?;
        rows.iter().map(api_token).collect()
    }

    /// The reset link of this hash, used or not, expired or not.
    pub async fn reset_link(&mut self, token_hash: &str) -> Result<Option<ResetLink>, StoreError> {
        let row = self.conn.fetch_optional(sql!("reset_link"), args![token_hash]).await?;
        row.map(|row| {
            Ok(ResetLink {
                account: PersonId(row.int(0)?),
                expires_at: row.instant(1)?,
                used_at: row.maybe_instant(2)?,
            })
        })
        .transpose()
    }
}

impl Tx {
    /// Makes an account.
    pub async fn add_account(&mut self, new: &NewAccount) -> Result<PersonId, StoreError> {
        let id = self.new_id("account").await?;
        let now = self.now();
        let row = args![
            id,
            new.login.as_str(),
            new.name.as_str(),
            new.email.as_deref(),
            new.password.as_deref(),
            new.lang.code(),
            now,
        ];
        self.conn.execute(sql!("add_account"), row).await?;
        self.set_grants(PersonId(id), &new.grants).await?;
        Ok(PersonId(id))
    }

    /// Writes everything about an account that can change, but its grants.
    pub async fn update_account(&mut self, account: &Account) -> Result<(), StoreError> {
        let row = args![
            account.id,
            account.name.as_str(),
            account.email.as_deref(),
            account.password.as_deref(),
            account.lang.code(),
            account.disabled,
            i64::from(account.failures),
            account.locked_until,
        ];
        self.conn.execute(sql!("update_account"), row).await.map(drop)
    }

    /// Writes what a person is trusted with, in place of what they were.
    pub async fn set_grants(&mut self, id: PersonId, grants: &[Grant]) -> Result<(), StoreError> {
        self.conn.execute(sql!("remove_grants"), args![id]).await?;
        for (ordinal, grant) in grants.iter().enumerate() {
            let sectors: Vec<&str> = grant.sectors().iter().map(|sector| sector.code()).collect();
            let row = args![
                id,
                ordinal as i64,
                grant.role().code(),
                grant.body().map(BodyCode::as_str),
                sectors.join(","),
            ];
            self.conn.execute(sql!("add_grant"), row).await?;
        }
        Ok(())
    }

    /// Signs a browser in.
    pub async fn add_session(
        &mut self,
        token_hash: &str,
        account: PersonId,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let now = self.now();
        self.conn.execute(sql!("forget_sessions"), args![now]).await?;
        let row = args![token_hash, account, now, expires_at];
        self.conn.execute(sql!("add_session"), row).await.map(drop)
    }

    /// Lets a session last longer.
    pub async fn extend_session(
        &mut self,
        token_hash: &str,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.conn.execute(sql!("extend_session"), args![token_hash, expires_at]).await.map(drop)
    }

    /// Signs a browser out.
    pub async fn end_session(&mut self, token_hash: &str) -> Result<(), StoreError> {
        self.conn.execute(sql!("end_session"), args![token_hash]).await.map(drop)
    }

    /// Signs a person out everywhere.
    pub async fn end_sessions_of(&mut self, account: PersonId) -> Result<(), StoreError> {
        self.conn.execute(sql!("end_sessions_of"), args![account]).await.map(drop)
    }

    /// Gives a program a token.
    pub async fn add_api_token(
        &mut self,
        account: PersonId,
        name: &str,
        token_hash: &str,
        expires_at: Option<Timestamp>,
    ) -> Result<i64, StoreError> {
        let id = self.new_id("api_token").await?;
        let now = self.now();
        let row = args![id, account, name, token_hash, now, expires_at];
        self.conn.execute(sql!("add_api_token"), row).await?;
        Ok(id)
    }

    /// Takes a person's token away; answers whether it was theirs.
    pub async fn remove_api_token(
        &mut self,
        account: PersonId,
        id: i64,
    ) -> Result<bool, StoreError> {
        Ok(self.conn.execute(sql!("remove_api_token"), args![account, id]).await? == 1)
    }

    /// Makes a link for setting a password once; earlier links of the person no longer work.
    pub async fn add_reset_link(
        &mut self,
        account: PersonId,
        token_hash: &str,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.conn.execute(sql!("remove_reset_links"), args![account]).await?;
        self.conn
            .execute(sql!("add_reset_link"), args![token_hash, account, expires_at])
            .await
            .map(drop)
    }

    /// Uses a link up; answers whether it was still good.
    pub async fn use_reset_link(&mut self, token_hash: &str) -> Result<bool, StoreError> {
        let now = self.now();
        Ok(self.conn.execute(sql!("use_reset_link"), args![token_hash, now]).await? == 1)
    }
}

fn account(row: &Row) -> Result<Account, StoreError> {
    Ok(Account {
        id: PersonId(row.int(0)?),
        login: row.string(1)?,
        name: row.string(2)?,
        email: row.maybe_string(3)?,
        password: row.maybe_string(4)?,
        lang: word("a language", row.text(5)?, Language::parse)?,
        disabled: row.truth(6)?,
        failures: row.int(7)? as u32,
        locked_until: row.maybe_instant(8)?,
        created_at: row.instant(9)?,
        grants: vec![],
        lent: vec![],
    })
}

/// A grant from its columns `role, body, sectors`.
pub(crate) fn grant(role: &str, body: Option<&str>, sectors: &str) -> Result<Grant, StoreError> {
    let role = word("a role", role, Role::parse)?;
    let body = body.map(|text| code("a body", BodyCode::parse(text))).transpose()?;
    let sectors = sectors.split(',').filter(|sector| !sector.is_empty());
    let sectors =
        sectors.map(|text| word("a sector", text, Sector::parse)).collect::<Result<_, _>>()?;
    code("a grant", Grant::new(role, body, sectors))
}

fn api_token(row: &Row) -> Result<ApiToken, StoreError> {
    Ok(ApiToken {
        id: row.int(0)?,
        account: PersonId(row.int(1)?),
        name: row.string(2)?,
        created_at: row.instant(3)?,
        expires_at: row.maybe_instant(4)?,
    })
}
