-- Also for an operator who ends sessions by hand, without identity's search path.
alter function clients_are_told_that_a_session_has_ended() set search_path = identity, public, pg_temp;
alter function a_client_is_told_that_its_refresh_token_was_stolen() set search_path = identity, public, pg_temp;
alter function a_disabled_account_is_signed_out() set search_path = identity, public, pg_temp;
alter function people_of_a_disabled_tenant_are_signed_out() set search_path = identity, public, pg_temp;
