//! Who may know: named people, bodies that may take an accusation, a matter that becomes one later.

use super::*;

fn confidential() -> Life {
    let mut life = Life::begin(MORNING, &with(call(), json!({ "category": "X-05", "accused": MARKET })));
    life.now = life.now.plus(MINUTE);
    life
}

fn flagged(life: &mut Life, flag: &str) {
    life.act("shengzhong-chief", ActKind::Amend, json!({ "field": "flag", "flag": flag, "on": true, "reason": "涉及检举控告" }));
}

#[test]
fn an_accusation_goes_only_to_a_body_whose_duty_it_is_and_never_to_the_one_complained_of() {
    let mut life = confidential();
    let accuse = |lead: &str| to(lead, "X-05");
    assert_eq!(life.refused("command-head", ActKind::Dispatch, accuse(MARKET)), "unit_accused:lead");
    for lead in [JUSTICE, HOUSING, HOME, COMMAND] {
        assert_eq!(life.refused("command-head", ActKind::Dispatch, accuse(lead)), "unit_not_lawful:lead", "{lead}");
    }
    let more = |more: Value| with(accuse(POLICE), more);
    assert_eq!(life.refused("command-head", ActKind::Dispatch, more(json!({ "assists": [JUSTICE], "assist_what": "配合" }))), "unit_not_lawful:assists");
    assert_eq!(life.refused("command-head", ActKind::Dispatch, more(json!({ "copies": [JUSTICE] }))), "unit_not_lawful:copies");
    // The rule looks at the class, not at the name of the kind.
    assert_eq!(life.refused("command-head", ActKind::Dispatch, to(JUSTICE, "0602")), "unit_not_lawful:lead");
    life.act("command-head", ActKind::Dispatch, accuse(POLICE));
    life.act("police-head", ActKind::SendBack, json!({ "reason": "R3", "words": "说明", "lacking": "事实" }));
    assert_eq!(life.owner(), (COMMAND.to_owned(), "command_head"), "who arbitrates must be able to see it");
    assert_eq!(life.refused("command-head", ActKind::Arbitrate, json!({ "lead": JUSTICE, "words": "裁定" })), "unit_not_lawful:lead");
    life.act("command-head", ActKind::Arbitrate, json!({ "lead": POLICE, "words": "裁定" }));
}

#[test]
fn a_person_is_named_with_a_reason_and_withdrawn_but_not_who_has_it_in_hand() {
    let mut life = confidential();
    life.act("command-head", ActKind::Dispatch, to(POLICE, "X-05"));
    let name = |who: &str| json!({ "person": format!("acc_{who}"), "reason": "参与核实" });
    let unname = |who: &str| json!({ "named": format!("acc_{who}"), "reason": "不再参与" });
    assert_eq!(life.refused("police-head", ActKind::NamePerson, json!({ "person": "acc_police-officer" })), "missing:reason");
    assert_eq!(life.refused("police-head", ActKind::NamePerson, name("justice-head")), "person_out_of_reach:person", "a head names his own people");
    assert_eq!(life.refused("command-head", ActKind::NamePerson, name("market-head")), "person_accused:person");
    assert_eq!(life.refused("command-head", ActKind::NamePerson, name("security-admin")), "person_out_of_reach:person");
    assert_eq!(life.refused("police-officer", ActKind::NamePerson, name("police-officer")), "not_yours");
    assert_eq!(life.refused("police-head", ActKind::UnnamePerson, unname("police-officer")), "person_not_named:named");
    life.act("police-head", ActKind::NamePerson, name("police-officer"));
    assert!(life.matter.named.contains(&"acc_police-officer".into()));
    assert!(life.last.iter().any(|fact| matches!(fact, Fact::Notified { account: Some(who), .. } if who.0 == "acc_police-officer")), "he is told, by name");
    assert_eq!(life.refused("police-head", ActKind::NamePerson, name("police-officer")), "person_named:person");
    assert_eq!(life.refused("command-head", ActKind::UnnamePerson, unname("police-head")), "person_has_it:named", "the head answers for it");
    life.act("police-head", ActKind::Accept, json!({}));
    life.act("police-head", ActKind::Assign, json!({ "to": "acc_police-officer" }));
    assert_eq!(life.refused("police-head", ActKind::UnnamePerson, unname("police-officer")), "person_has_it:named");
    life.act("police-head", ActKind::Assign, json!({ "to": "acc_police-head" }));
    life.act("police-head", ActKind::UnnamePerson, unname("police-officer"));
    assert!(!life.matter.named.contains(&"acc_police-officer".into()));
    let mut open = begin();
    assert_eq!(open.refused("shengzhong-chief", ActKind::NamePerson, name("shengzhong-officer")), "naming_senseless");
}

#[test]
fn a_matter_that_becomes_an_accusation_is_taken_from_whoever_may_not_have_it() {
    let mut life = begin();
    flagged(&mut life, "confidential");
    assert_eq!((life.state(), life.owner()), (State::Registered, (COMMAND.to_owned(), "command_head")));

    let mut life = dispatched(JUSTICE, "S-04");
    life.act("justice-head", ActKind::Accept, json!({}));
    life.act("justice-head", ActKind::Assign, json!({ "to": "acc_justice-officer" }));
    flagged(&mut life, "confidential");
    assert_eq!((life.state(), life.owner()), (State::Returned, (COMMAND.to_owned(), "command_head")), "the judicial office has no such duty");
    assert!(life.matter.handler.is_none() && life.matter.open_tasks().next().is_none() && life.runs(ClockKind::Arbitrate));

    let mut life = accepted("S-04");
    flagged(&mut life, "confidential");
    assert_eq!((life.state(), life.matter.named.contains(&"acc_police-head".into())), (State::Working, true), "the police may go on, by named people");
    life.act("shengzhong-chief", ActKind::Amend, json!({ "field": "accused", "accused": POLICE, "reason": "反映的就是该所" }));
    assert_eq!((life.state(), life.matter.named.is_empty()), (State::Returned, true), "never by the one complained of");

    let mut life = fed_back("S-04");
    flagged(&mut life, "minor");
    assert_eq!(life.owner(), (COMMAND.to_owned(), "duty_officer"));
    flagged(&mut life, "confidential");
    assert_eq!(life.owner(), (COMMAND.to_owned(), "command_head"));
    assert_eq!(drive(&mut life), Ok(()));
}
