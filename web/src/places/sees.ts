/** Posts whose pages of units and places exist; the server decides what is in them. */
export const SEES_UNITS = [
  "system_admin",
  "security_admin",
  "command_head",
  "command_officer",
  "duty_officer",
  "street_leader",
  "station_chief",
  "deputy_chief",
  "unit_head",
  "desk_clerk",
  "unit_officer",
  "seconded",
  "mediator",
  "grid_worker",
];
export const SEES_NETWORK = ["system_admin", "command_head", "command_officer", "duty_officer", "street_leader"];
export const BRINGS_IN = ["system_admin", "security_admin", "command_head", "station_chief", "deputy_chief", "unit_head"];
