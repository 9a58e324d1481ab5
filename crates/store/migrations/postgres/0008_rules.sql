-- A rule that is changed moves the clocks that run by it: they are found by the policy that they are pinned to.
create index clock_policy on clock (policy, matter) where stopped_at is null;
