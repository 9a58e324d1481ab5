//! 一张图: the command room's picture.

use crate::door::State;
use crate::places::Ref;
use crate::problem::{Problem, ProblemDto};
use crate::session::Caller;
use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// A person by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NameDto {
    name: String,
}

/// One station's lights.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StationDto {
    unit: Ref,
    place: Option<String>,
    open: i64,
    late: i64,
    soon: i64,
    urgent: i64,
    unaccepted: i64,
    chief: Option<NameDto>,
    /// Who is on duty by the rota.
    on_duty: Vec<NameDto>,
    /// Somebody should be on duty and nobody is.
    dark: bool,
}

/// A rung of the command room.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RungDto {
    duty: String,
    on_duty: Vec<NameDto>,
    dark: bool,
}

/// What waits for the command room.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CommandDto {
    open: i64,
    returned: i64,
    checking: i64,
    calling_back: i64,
}

/// The board.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BoardDto {
    stations: Vec<StationDto>,
    command: CommandDto,
    /// Duties of the command rooms that have a rota.
    rungs: Vec<RungDto>,
    at: i64,
}

/// The stations in one's ranges, live.
#[utoipa::path(get, path = "/api/v1/board", responses((status = 200, body = BoardDto), (status = "default", body = ProblemDto)), tag = "board")]
pub(crate) async fn board(axum::extract::State(state): axum::extract::State<State>, caller: Caller) -> Result<Json<BoardDto>, Problem> {
    let (actor, now) = (caller.actor().clone(), state.desk.now());
    let board = state.desk.read(move |tx, desk| app::board::board(tx, desk, &actor, now)).await?;
    let names = |names: Vec<String>| names.into_iter().map(|name| NameDto { name }).collect();
    Ok(Json(BoardDto {
        stations: board
            .stations
            .into_iter()
            .map(|s| StationDto {
                unit: Ref { id: s.unit, name: s.name },
                place: Some(s.place),
                open: s.open,
                late: s.late,
                soon: s.soon,
                urgent: s.urgent,
                unaccepted: s.unaccepted,
                chief: s.chief.map(|name| NameDto { name }),
                on_duty: names(s.on_duty),
                dark: s.dark,
            })
            .collect(),
        command: CommandDto { open: board.open, returned: board.returned, checking: board.checking, calling_back: board.calling_back },
        rungs: board.rungs.into_iter().map(|rung| RungDto { duty: rung.duty.code().to_owned(), on_duty: names(rung.on_duty), dark: rung.dark }).collect(),
        at: now.0,
    }))
}
