//! The policy matrix, for whoever wants to read who may do what.

use crate::problem::{Problem, ProblemDto};
use crate::session::Caller;
use axum::Json;
use domain::accounts::{Right, cell_text, granted, policy as rows, sight_text};
use domain::matters::Care;
use domain::places::PostKind;
use serde::Serialize;
use utoipa::ToSchema;

/// What posts of these tiers may do by one act.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyRowDto {
    post: String,
    tiers: Vec<String>,
    act: String,
    /// For each class in the order of `classes`: relations with spaces between them; ° where one must have a part of one's own.
    cells: Vec<String>,
}

/// What a post sees.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SightDto {
    post: String,
    sees: String,
}

/// Who has a right, and how far it reaches.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RightDto {
    right: String,
    zh: String,
    en: String,
    /// `post@within`.
    who: Vec<String>,
}

/// The policy matrix.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyDto {
    classes: Vec<String>,
    rows: Vec<PolicyRowDto>,
    sights: Vec<SightDto>,
    rights: Vec<RightDto>,
}

/// Role on post × act × tier × data class, as the policy itself answers.
#[utoipa::path(get, path = "/api/v1/policy", responses((status = 200, body = PolicyDto), (status = "default", body = ProblemDto)), tag = "accounts")]
pub(crate) async fn policy(_caller: Caller) -> Result<Json<PolicyDto>, Problem> {
    Ok(Json(PolicyDto {
        classes: Care::ALL.iter().map(|care| care.code().to_owned()).collect(),
        rows: rows()
            .into_iter()
            .map(|row| PolicyRowDto {
                post: row.post.code().to_owned(),
                tiers: row.tiers.iter().map(|tier| tier.code().to_owned()).collect(),
                act: row.act.code().to_owned(),
                cells: row.cells.iter().map(|cell| cell_text(cell)).collect(),
            })
            .collect(),
        sights: PostKind::ALL.iter().map(|post| SightDto { post: post.code().to_owned(), sees: sight_text(*post) }).collect(),
        rights: Right::ALL
            .iter()
            .map(|right| RightDto {
                right: right.code().to_owned(),
                zh: right.zh().to_owned(),
                en: right.en().to_owned(),
                who: granted(*right).iter().map(|(post, within)| format!("{}@{}", post.code(), within.code())).collect(),
            })
            .collect(),
    }))
}
