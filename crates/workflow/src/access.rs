//! Who may do what: every permission an endpoint can need, and the one function that grants it.
//!
//! Signed figures are for all staff; drafts are for the body that writes them and the ministry's
//! reviewers of their sector. What a person may not know of is *not found*; what they may know of but
//! not do is *forbidden*.

use model::{BodyCode, PersonId, Sector};

use crate::section::State;
use crate::{Language, SectionId};

/// What a person is trusted with, without its scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Người lập biểu: enters for a body.
    Enterer,
    /// Thủ trưởng đơn vị: signs for a body.
    Head,
    /// Người tiếp nhận: receives the sections of some sectors.
    Reviewer,
    /// Chuyên viên phân tích: writes the reviews.
    Analyst,
    /// Lãnh đạo Bộ.
    Minister,
    /// Quản trị.
    Admin,
    /// Kiểm toán.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 7] = [
        Role::Enterer,
        Role::Head,
        Role::Reviewer,
        Role::Analyst,
        Role::Minister,
        Role::Admin,
        Role::Auditor,
    ];

    /// The code used in interfaces and storage.
    pub fn code(self) -> &'static str {
        match self {
            Role::Enterer => "enterer",
            Role::Head => "head",
            Role::Reviewer => "reviewer",
            Role::Analyst => "analyst",
            Role::Minister => "minister",
            Role::Admin => "admin",
            Role::Auditor => "auditor",
        }
    }

    /// The role with this code.
    pub fn parse(code: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.code() == code)
    }

    /// The words on the screen.
    pub fn label(self, language: Language) -> &'static str {
        let (vi, en) = match self {
            Role::Enterer => ("Người lập biểu", "Preparer"),
            Role::Head => ("Thủ trưởng đơn vị", "Head of the body"),
            Role::Reviewer => ("Người tiếp nhận", "Reviewer"),
            Role::Analyst => ("Chuyên viên phân tích", "Analyst"),
            Role::Minister => ("Lãnh đạo Bộ", "Minister"),
            Role::Admin => ("Quản trị", "Administrator"),
            Role::Auditor => ("Kiểm toán", "Auditor"),
        };
        language.pick(vi, en)
    }
}

/// A role with exactly the scope it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// Enters for this body; in these sectors only, or in all when there are none.
    Enterer {
        /// For whom.
        body: BodyCode,
        /// In which sectors; none for all.
        sectors: Vec<Sector>,
    },
    /// Signs for this body.
    Head {
        /// For whom.
        body: BodyCode,
    },
    /// Receives the sections of these sectors.
    Reviewer {
        /// Which; never none.
        sectors: Vec<Sector>,
    },
    /// Everywhere.
    Analyst,
    /// Everywhere.
    Minister,
    /// Everywhere.
    Admin,
    /// Everywhere.
    Auditor,
}

/// Why a role cannot have a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadGrant {
    /// Nobody enters or signs for nobody.
    #[error("a preparer or a head belongs to a body")]
    BodyMissing,
    /// Nobody receives nothing.
    #[error("a reviewer has at least one sector")]
    SectorsMissing,
    /// The role is not bound to a body.
    #[error("this role has no body")]
    BodyUnused,
    /// The role is not bound to sectors.
    #[error("this role has no sectors")]
    SectorsUnused,
}

impl BadGrant {
    /// The sentence the administrator reads.
    pub fn message(self, language: Language) -> &'static str {
        let (vi, en) = match self {
            BadGrant::BodyMissing => (
                "Người lập biểu và thủ trưởng phải thuộc một đơn vị báo cáo.",
                "A preparer or a head belongs to a body.",
            ),
            BadGrant::SectorsMissing => (
                "Người tiếp nhận phải phụ trách ít nhất một lĩnh vực.",
                "A reviewer has at least one sector.",
            ),
            BadGrant::BodyUnused => {
                ("Vai trò này không gắn với đơn vị báo cáo.", "This role has no body.")
            }
            BadGrant::SectorsUnused => {
                ("Vai trò này không gắn với lĩnh vực.", "This role has no sectors.")
            }
        };
        language.pick(vi, en)
    }
}

impl Grant {
    /// The grant of a role with a scope as it is written in a table or a request.
    pub fn new(
        role: Role,
        body: Option<BodyCode>,
        sectors: Vec<Sector>,
    ) -> Result<Grant, BadGrant> {
        let everywhere = |grant| match (&body, sectors.is_empty()) {
            (Some(_), _) => Err(BadGrant::BodyUnused),
            (None, false) => Err(BadGrant::SectorsUnused),
            (None, true) => Ok(grant),
        };
        match role {
            Role::Enterer => {
                Ok(Grant::Enterer { body: body.ok_or(BadGrant::BodyMissing)?, sectors })
            }
            Role::Head if !sectors.is_empty() => Err(BadGrant::SectorsUnused),
            Role::Head => Ok(Grant::Head { body: body.ok_or(BadGrant::BodyMissing)? }),
            Role::Reviewer if body.is_some() => Err(BadGrant::BodyUnused),
            Role::Reviewer if sectors.is_empty() => Err(BadGrant::SectorsMissing),
            Role::Reviewer => Ok(Grant::Reviewer { sectors }),
            Role::Analyst => everywhere(Grant::Analyst),
            Role::Minister => everywhere(Grant::Minister),
            Role::Admin => everywhere(Grant::Admin),
            Role::Auditor => everywhere(Grant::Auditor),
        }
    }

    /// The role without its scope.
    pub fn role(&self) -> Role {
        match self {
            Grant::Enterer { .. } => Role::Enterer,
            Grant::Head { .. } => Role::Head,
            Grant::Reviewer { .. } => Role::Reviewer,
            Grant::Analyst => Role::Analyst,
            Grant::Minister => Role::Minister,
            Grant::Admin => Role::Admin,
            Grant::Auditor => Role::Auditor,
        }
    }

    /// The body it is bound to.
    pub fn body(&self) -> Option<&BodyCode> {
        match self {
            Grant::Enterer { body, .. } | Grant::Head { body } => Some(body),
            Grant::Reviewer { .. }
            | Grant::Analyst
            | Grant::Minister
            | Grant::Admin
            | Grant::Auditor => None,
        }
    }

    /// The sectors it is bound to.
    pub fn sectors(&self) -> &[Sector] {
        match self {
            Grant::Enterer { sectors, .. } | Grant::Reviewer { sectors } => sectors,
            Grant::Head { .. }
            | Grant::Analyst
            | Grant::Minister
            | Grant::Admin
            | Grant::Auditor => &[],
        }
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Their number.
    pub person: PersonId,
    /// Their name, as others see it.
    pub name: String,
    /// What they are trusted with.
    pub grants: Vec<Grant>,
}

impl Actor {
    /// The bodies they enter or sign for, each once.
    pub fn bodies(&self) -> Vec<&BodyCode> {
        let mut bodies: Vec<&BodyCode> = self.grants.iter().filter_map(Grant::body).collect();
        bodies.sort_unstable();
        bodies.dedup();
        bodies
    }

    /// The sectors they receive, in the order of reviews.
    pub fn reviewed_sectors(&self) -> Vec<Sector> {
        Sector::ALL.into_iter().filter(|sector| self.reviews(*sector)).collect()
    }

    fn has(&self, role: Role) -> bool {
        self.grants.iter().any(|grant| grant.role() == role)
    }

    fn is_of(&self, wanted: &BodyCode) -> bool {
        self.grants.iter().any(|grant| grant.body() == Some(wanted))
    }

    fn enters(&self, wanted: &BodyCode, sector: Sector) -> bool {
        self.grants.iter().any(|grant| match grant {
            Grant::Enterer { body, sectors } => {
                body == wanted && (sectors.is_empty() || sectors.contains(&sector))
            }
            _ => false,
        })
    }

    fn signs(&self, wanted: &BodyCode) -> bool {
        self.grants.iter().any(|grant| matches!(grant, Grant::Head { body } if body == wanted))
    }

    fn reviews(&self, sector: Sector) -> bool {
        self.grants
            .iter()
            .any(|grant| matches!(grant, Grant::Reviewer { sectors } if sectors.contains(&sector)))
    }

    fn is_ministry(&self) -> bool {
        [Role::Reviewer, Role::Analyst, Role::Minister, Role::Auditor]
            .into_iter()
            .any(|role| self.has(role))
    }
}

/// Everything an endpoint can need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// To be signed in: one's own profile, tokens, notices, and the catalogue.
    SignIn,
    /// Boards, the page of a number, contradictions, `/values`.
    SeeSignedFigures,
    /// Reports.
    SeeReports,
    /// To sign and issue a report.
    IssueReport,
    /// What is not signed yet, in any of these sectors.
    SeeDraft {
        /// Whose.
        body: BodyCode,
        /// In which sectors.
        sectors: Vec<Sector>,
    },
    /// The form as it was signed, with its moves.
    SeeSigned {
        /// Whose.
        body: BodyCode,
    },
    /// Who has and has not reported, over all bodies.
    SeeCompleteness,
    /// How much is asked of a body: itself, the ministry, and whoever makes the forms.
    SeeBurden {
        /// Of whom.
        body: BodyCode,
    },
    /// To begin a submission.
    Open {
        /// Whose.
        body: BodyCode,
    },
    /// To write cells.
    EnterCells {
        /// Whose.
        body: BodyCode,
        /// Of which section's sector.
        sector: Sector,
    },
    /// Trình ký: a section of this sector.
    Submit {
        /// Whose.
        body: BodyCode,
        /// Of which sector.
        sector: Sector,
    },
    /// Ký và gửi.
    Sign {
        /// Whose.
        body: BodyCode,
    },
    /// The head's return to the drafter.
    ReturnToDrafter {
        /// Whose.
        body: BodyCode,
    },
    /// Tiếp nhận.
    Receive {
        /// Of which sector.
        sector: Sector,
    },
    /// Trả lại để chỉnh sửa.
    Return {
        /// Of which sector.
        sector: Sector,
    },
    /// Chốt số liệu.
    Close {
        /// Of which sector.
        sector: Sector,
    },
    /// Mở lại.
    Reopen {
        /// Of which sector.
        sector: Sector,
    },
    /// Đính chính: by the head of the body, or by the ministry's reviewer.
    Correct {
        /// Whose.
        body: BodyCode,
        /// Of which sector.
        sector: Sector,
    },
    /// Saved return reasons, receiving all clean sections: to be a reviewer of something.
    Review,
    /// Đôn đốc.
    Remind,
    /// Đề nghị gia hạn.
    AskExtension {
        /// Whose.
        body: BodyCode,
    },
    /// To name who acts for oneself while one is away.
    Delegate {
        /// For which body.
        body: BodyCode,
    },
    /// To agree to a later deadline, or not: by whoever receives all of the form.
    GrantExtension {
        /// The sectors of the form.
        sectors: Vec<Sector>,
    },
    /// To number what was sent and attach the signed scan of it.
    KeepPaper {
        /// Whose.
        body: BodyCode,
    },
    /// Giao kế hoạch: to draft and issue the year's plan of units.
    SetPlan,
    /// To load observations into the record.
    Import,
    /// Accounts, roles, reset links.
    ManageAccounts,
    /// Units and bodies.
    ManageUnits,
    /// Indicators.
    ManageIndicators,
    /// To make templates and publish them, also over a number that the ministry has already, with a reason.
    ManageTemplates,
    /// Nhật ký.
    ReadAudit,
    /// How the server does.
    SeeStatus,
    /// Đo lường: what is measured, by whom and of how much, beside what is reported.
    SeeMeasurement,
    /// Portals, services, systems and connections: to register and change them.
    ManageSources,
    /// Yêu cầu giải trình: to ask a body about a reported and a measured number, and to end it.
    AskExplanation {
        /// Of which sector's indicator.
        sector: Sector,
    },
    /// What is asked and explained about a body's numbers.
    SeeExplanation {
        /// Whose.
        body: BodyCode,
    },
    /// To prepare what the body explains.
    PrepareExplanation {
        /// Whose.
        body: BodyCode,
        /// Of which sector's indicator.
        sector: Sector,
    },
    /// Giải trình: to send it.
    Explain {
        /// Whose.
        body: BodyCode,
    },
    /// To change what a register says of a unit: whoever manages sources, and the body that answers for the unit.
    EditRegister {
        /// The bodies that answer for the unit.
        bodies: Vec<BodyCode>,
    },
}

impl Permission {
    /// Its name in the committed list of endpoints.
    pub fn name(&self) -> &'static str {
        match self {
            Permission::SignIn => "sign_in",
            Permission::SeeSignedFigures => "see_signed_figures",
            Permission::SeeReports => "see_reports",
            Permission::IssueReport => "issue_report",
            Permission::SeeDraft { .. } => "see_draft",
            Permission::SeeSigned { .. } => "see_signed",
            Permission::SeeCompleteness => "see_completeness",
            Permission::SeeBurden { .. } => "see_burden",
            Permission::Open { .. } => "open",
            Permission::EnterCells { .. } => "enter_cells",
            Permission::Submit { .. } => "submit",
            Permission::Sign { .. } => "sign",
            Permission::ReturnToDrafter { .. } => "return_to_drafter",
            Permission::Receive { .. } => "receive",
            Permission::Return { .. } => "return",
            Permission::Close { .. } => "close",
            Permission::Reopen { .. } => "reopen",
            Permission::Correct { .. } => "correct",
            Permission::Review => "review",
            Permission::Remind => "remind",
            Permission::AskExtension { .. } => "ask_extension",
            Permission::Delegate { .. } => "delegate",
            Permission::GrantExtension { .. } => "grant_extension",
            Permission::KeepPaper { .. } => "keep_paper",
            Permission::SetPlan => "set_plan",
            Permission::Import => "import",
            Permission::ManageAccounts => "manage_accounts",
            Permission::ManageUnits => "manage_units",
            Permission::ManageIndicators => "manage_indicators",
            Permission::ManageTemplates => "manage_templates",
            Permission::ReadAudit => "read_audit",
            Permission::SeeStatus => "see_status",
            Permission::SeeMeasurement => "see_measurement",
            Permission::ManageSources => "manage_sources",
            Permission::AskExplanation { .. } => "ask_explanation",
            Permission::SeeExplanation { .. } => "see_explanation",
            Permission::PrepareExplanation { .. } => "prepare_explanation",
            Permission::Explain { .. } => "explain",
            Permission::EditRegister { .. } => "edit_register",
        }
    }
}

/// The answer is no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// They may not even know of it: 404.
    #[error("there is no such submission")]
    NotFound,
    /// They may know of it, and not do this: 403.
    #[error("this account may not do that")]
    Forbidden,
}

impl Denied {
    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            Denied::NotFound => "not_found",
            Denied::Forbidden => "forbidden",
        }
    }

    /// The sentence the user reads.
    pub fn message(self, language: Language) -> &'static str {
        let (vi, en) = match self {
            Denied::NotFound => ("Không tìm thấy nội dung này.", "There is nothing here."),
            Denied::Forbidden => (
                "Tài khoản của bạn không có quyền làm việc này. Quản trị có thể cấp quyền.",
                "Your account may not do this. An administrator can grant it.",
            ),
        };
        language.pick(vi, en)
    }
}

/// Whether the actor has the permission: the only place where roles are decided.
pub fn may(actor: &Actor, permission: &Permission) -> Result<(), Denied> {
    let forbidden_unless = |allowed: bool| if allowed { Ok(()) } else { Err(Denied::Forbidden) };
    let hidden_unless = |allowed: bool| if allowed { Ok(()) } else { Err(Denied::NotFound) };
    match permission {
        Permission::SignIn => Ok(()),
        Permission::SeeSignedFigures | Permission::SeeReports | Permission::SeeMeasurement => {
            forbidden_unless(!actor.grants.is_empty())
        }
        Permission::IssueReport => forbidden_unless(actor.has(Role::Minister)),
        Permission::SeeDraft { body, sectors } => {
            hidden_unless(actor.is_of(body) || sectors.iter().any(|sector| actor.reviews(*sector)))
        }
        Permission::SeeSigned { body } | Permission::SeeExplanation { body } => {
            hidden_unless(actor.is_of(body) || actor.is_ministry())
        }
        Permission::SeeCompleteness => forbidden_unless(actor.is_ministry()),
        Permission::SeeBurden { body } => {
            hidden_unless(actor.is_of(body) || actor.is_ministry() || actor.has(Role::Admin))
        }
        Permission::Open { body }
        | Permission::AskExtension { body }
        | Permission::KeepPaper { body }
        | Permission::Delegate { body } => forbidden_unless(actor.is_of(body)),
        Permission::GrantExtension { sectors } => {
            forbidden_unless(sectors.iter().all(|sector| actor.reviews(*sector)))
        }
        Permission::EnterCells { body, sector } | Permission::Submit { body, sector } => {
            forbidden_unless(actor.enters(body, *sector))
        }
        Permission::Sign { body }
        | Permission::ReturnToDrafter { body }
        | Permission::Explain { body } => forbidden_unless(actor.signs(body)),
        Permission::PrepareExplanation { body, sector } => {
            forbidden_unless(actor.enters(body, *sector) || actor.signs(body))
        }
        Permission::Receive { sector }
        | Permission::Return { sector }
        | Permission::Close { sector }
        | Permission::Reopen { sector }
        | Permission::AskExplanation { sector } => forbidden_unless(actor.reviews(*sector)),
        Permission::Correct { body, sector } => {
            forbidden_unless(actor.signs(body) || actor.reviews(*sector))
        }
        Permission::Review | Permission::Remind => forbidden_unless(actor.has(Role::Reviewer)),
        Permission::SetPlan | Permission::Import => {
            forbidden_unless(actor.has(Role::Admin) || actor.has(Role::Analyst))
        }
        Permission::ManageAccounts
        | Permission::ManageUnits
        | Permission::ManageIndicators
        | Permission::ManageTemplates
        | Permission::ManageSources
        | Permission::SeeStatus => forbidden_unless(actor.has(Role::Admin)),
        Permission::EditRegister { bodies } => {
            forbidden_unless(actor.has(Role::Admin) || bodies.iter().any(|body| actor.is_of(body)))
        }
        Permission::ReadAudit => {
            forbidden_unless(actor.has(Role::Auditor) || actor.has(Role::Admin))
        }
    }
}

/// The sections of a submission that the actor sees now; *not found* when there are none.
pub fn visible_sections<'a>(
    actor: &Actor,
    body: &BodyCode,
    sections: impl IntoIterator<Item = (&'a SectionId, Sector, &'a State)>,
) -> Result<Vec<SectionId>, Denied> {
    let sees = |sector: Sector, state: &State| {
        let draft = Permission::SeeDraft { body: body.clone(), sectors: vec![sector] };
        let signed = Permission::SeeSigned { body: body.clone() };
        may(actor, &draft).is_ok() || (state.is_signed() && may(actor, &signed).is_ok())
    };
    let visible: Vec<SectionId> = sections
        .into_iter()
        .filter(|(_, sector, state)| sees(*sector, state))
        .map(|(id, ..)| id.clone())
        .collect();
    if visible.is_empty() { Err(Denied::NotFound) } else { Ok(visible) }
}

/// The places of the side bar that a person can use, in its order.
pub fn places(actor: &Actor) -> Vec<&'static str> {
    let allowed = |permission: Permission| may(actor, &permission).is_ok();
    let mut places = vec!["work"];
    places.extend((!actor.bodies().is_empty()).then_some("entry"));
    places.extend(allowed(Permission::Review).then_some("review"));
    places.extend(allowed(Permission::SeeSignedFigures).then_some("board"));
    places.extend(allowed(Permission::SeeReports).then_some("reports"));
    places.extend(allowed(Permission::SeeMeasurement).then_some("measure"));
    places.extend(allowed(Permission::SetPlan).then_some("plans"));
    places.extend(allowed(Permission::ManageAccounts).then_some("admin"));
    places.extend(allowed(Permission::ReadAudit).then_some("audit"));
    places
}

#[cfg(test)]
mod tests;
